"""What the worker writes: every prediction before its reply, and nothing that may fail it."""

import errno
import json
import os
from dataclasses import replace

import pytest

from predictions.contract.answers import Answers
from predictions.log import segments, spool
from predictions.serving import serving
from predictions.serving.follower import Follower

pytestmark = pytest.mark.django_db
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}


def ask(client, **columns):
    reply = client.post("/predict", json.dumps(ROW | columns), content_type="application/json")
    assert reply.status_code == 200
    return reply


def written(config):
    """The lines of all segments, as values."""
    content = b"".join(path.read_bytes() for path in segments.segments(config.SPOOL_DIR))
    return [json.loads(line) for line in content.replace(b"\0", b"").splitlines()]


def test_a_prediction_is_in_the_file_when_its_reply_is(client, live, config):
    reply = ask(client)
    [line] = written(config)
    assert line[0] == reply["X-Prediction-Id"]
    assert line[1:5] == [live.pk, list(ROW), [list(ROW.values())], [0]]
    assert [len(share) for share in line[5]] == [1, 1, 1]
    assert sum(share[0] for share in line[5]) == pytest.approx(1)
    assert 0 < line[6] < 10_000_000
    assert line[7] == ""
    assert (spool.state().appended, spool.state().lost, spool.state().problem) == (1, 0, "")


def test_a_refused_request_is_none(client, live, config):
    assert client.post("/predict", "{}", content_type="application/json").status_code == 400
    assert written(config) == []


def test_what_waits_is_told_to_the_byte(client, live, config):
    for _ in range(3):
        ask(client)
    [path] = segments.segments(config.SPOOL_DIR)
    assert segments.bytes_waiting(config.SPOOL_DIR) == len(path.read_bytes().rstrip(b"\0"))
    segments.remember(path, segments.bytes_waiting(config.SPOOL_DIR) - 7)
    assert segments.bytes_waiting(config.SPOOL_DIR) == 7


@pytest.mark.parametrize(("rate", "expected"), [(0, 0), (100, 300)])
def test_a_rate_of_none_and_of_all(client, live, config, iris, rate, expected):
    iris.log_rate = rate
    iris.save()
    Follower().step()
    for _ in range(300 if rate else 20):
        append(serving.current().default)
    assert (len(written(config)), spool.state().lost) == (expected, 0)


def test_a_rate_in_between(live, config, monkeypatch):
    served = replace(serving.current().default, log_rate=25)
    drawn = iter(i / 100 for i in range(100))
    monkeypatch.setattr(spool.random, "random", lambda: next(drawn))
    for _ in range(100):
        append(served)
    assert len(written(config)) == 25


def test_a_redacted_value_never_reaches_the_file(client, live, config, iris):
    iris.redacted_features = ["sepalwidth", "petalwidth"]
    iris.save()
    Follower().step()
    ask(client, sepalwidth=3.123456, petalwidth=0.123456)
    [line] = written(config)
    assert line[2:4] == [["sepallength", "petallength"], [[5.1, 1.4]]]
    [path] = segments.segments(config.SPOOL_DIR)
    assert b"123456" not in path.read_bytes()


def test_a_full_disk_fails_nothing_and_is_told_once(client, live, config, monkeypatch, caplog):
    def full(file, offset, size):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(segments.os, "posix_fallocate", full)
        for _ in range(3):
            ask(client)
    assert (spool.state().appended, spool.state().lost) == (0, 3)
    assert "No space left" in spool.state().problem
    assert caplog.text.count("No space left on device") == 1
    assert list(config.SPOOL_DIR.iterdir()) == []
    monkeypatch.setattr(spool, "RETRY_SECONDS", 0.0)
    spool._spool._retry_at = 0.0
    ask(client)
    assert (spool.state().appended, spool.state().lost, spool.state().problem) == (1, 3, "")
    assert " 3 " in caplog.messages[-1]


def test_a_folder_that_cannot_be_made_fails_nothing(client, live, config, tmp_path):
    config.SPOOL_DIR = tmp_path / "file" / "spool"
    (tmp_path / "file").write_text("in the way")
    ask(client)
    assert (spool.state().appended, spool.state().lost) == (0, 1)


def test_no_more_is_held_than_the_setting_allows(live, config):
    config.SPOOL_MAX_MB = 2
    served = serving.current().default
    for _ in range(12):
        append(served, rows=[(1.0, 2.0, 3.0, 4.0)] * 10_000)
    assert segments.bytes_held(config.SPOOL_DIR) <= 2 * 2**20
    assert spool.state().appended > 0
    assert spool.state().lost > 0
    assert spool.state().appended + spool.state().lost == 120_000
    assert "SPOOL_MAX_MB" in spool.state().problem


def test_what_json_cannot_hold_is_lost_and_fails_nothing(live, config):
    append(serving.current().default, rows=[("\ud800", 1.0, 1.0, 1.0)])
    assert (written(config), spool.state().lost) == ([], 1)


def test_full_segments_make_room_for_the_next_and_keep_no_empty_end(live, config):
    served = serving.current().default
    for _ in range(9):
        append(served, rows=[(1.0, 2.0, 3.0, 4.0)] * 10_000)
    *full, last = segments.segments(config.SPOOL_DIR)
    assert full
    assert all(path.read_bytes().endswith(b"]\n") for path in full)
    assert last.stat().st_size >= segments.SEGMENT_BYTES
    assert len(written(config)) == 9


def test_an_old_segment_is_finished_by_the_next_prediction(live, config, monkeypatch):
    append(serving.current().default)
    monkeypatch.setattr(spool, "SEGMENT_SECONDS", 0.0)
    append(serving.current().default)
    assert len(segments.segments(config.SPOOL_DIR)) == 2


def test_a_forked_child_writes_a_file_of_its_own(live, config):
    served = serving.current().default
    append(served)
    child = os.fork()
    if not child:
        append(served)
        os._exit(spool.state().appended)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 1
    append(served)
    first, second = segments.segments(config.SPOOL_DIR)
    assert len(written(config)) == 3
    assert {path.name.split("-")[-3] for path in (first, second)} == {str(os.getpid()), str(child)}


def append(served, rows=((5.1, 3.5, 1.4, 0.2),)):
    """Log one request as the view does."""
    spool.append(
        served.version, id="019cc1b2-0000-7000-8000-000000000000", rows=rows, body=None,
        answers=Answers([0] * len(rows)), seconds=0.001, who="ann",
        log_rate=served.log_rate, redacted=served.redacted,
    )  # fmt: skip


@pytest.mark.parametrize(("size", "files"), [(700_000, 1), (2_000_000, 2), (9_000_000, 6)])
def test_large_lines_share_a_segment_and_the_largest_have_one_each(config, size, files):
    spool.begin_anew()
    for _ in range(6):
        spool.state().append(b"x" * size + b"\n", rows=1)
    found = segments.segments(config.SPOOL_DIR)
    assert (len(found), spool.state().lost) == (files, 0)
    spool.begin_anew()  # which gives back what was not filled
    assert sum(path.stat().st_size for path in found) == 6 * (size + 1)
