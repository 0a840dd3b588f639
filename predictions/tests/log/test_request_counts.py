"""What a worker counts by version, caller and block, and that a failure is in its file at once."""

import json

import numpy as np
import pytest

from predictions.log import request_counts, request_lines, segments
from predictions.log.records import RecordInvalid
from predictions.models.promotion import live_promotion
from predictions.registry.promotion import Approval, promote
from predictions.serving import serving
from predictions.serving.follower import Follower
from predictions.tests.factories import make_person, token_of

pytestmark = pytest.mark.django_db
APPROVAL = Approval(by="a test", reason="because")
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}
PATHS = {
    "/predict": json.dumps(ROW),
    "/api/models/iris/predict": json.dumps(ROW),
    "/v2/models/iris/infer": json.dumps(
        {"inputs": [{"name": n, "shape": [1], "datatype": "FP64", "data": [v]} for n, v in ROW.items()]}
    ),
}
every_path = pytest.mark.parametrize("path", PATHS)


class Breaking:
    """A session that raises, as ONNX Runtime does for a value that an operator cannot take."""

    def run(self, names, inputs):
        raise RuntimeError("indices element out of data bounds")


@pytest.fixture
def counting(live):
    """This process counts as a web worker does, at a time that stands still."""
    request_counts.start()
    yield request_counts.counts
    request_counts.counts = request_counts.Counts(are_written=False)


@pytest.fixture
def broken(counting, monkeypatch):
    """The live version fails."""
    monkeypatch.setitem(serving.current().default.version.__dict__, "session", Breaking())


def served():
    return serving.current().default.version


def ask(client, path, body=None, **headers):
    client.raise_request_exception = False
    return client.post(path, body or PATHS[path], content_type="application/json", headers=headers)


def last_lines(config):
    """(version, caller) -> the last line of each block, as the ingester reads it."""
    content = b"".join(path.read_bytes() for path in segments.segments(config.SPOOL_DIR))
    lines = [line for line in content.replace(b"\0", b"").splitlines() if request_lines.is_one(line)]
    return {(line.version, line.who): line for line in map(request_lines.parse, lines)}


def written(config):
    """version -> (answered, refused, failed, last error) of callers without a token."""
    lines = {version: line for (version, who), line in last_lines(config).items() if not who}
    return {v: (line.answered, line.refused, line.failed, line.last_error) for v, line in lines.items()}


@every_path
def test_an_answer_and_a_refusal_are_counted_and_written_in_time(client, live, counting, config, path):
    assert ask(client, path).status_code == 200
    assert ask(client, path, "{}").status_code == 400
    request_counts.counts.write()
    assert written(config) == {}
    request_counts.counts.write(at_once=True)
    assert written(config) == {live.pk: (1, 1, 0, "")}


@every_path
def test_a_failure_is_in_the_file_when_the_client_has_its_500(client, live, broken, config, path):
    assert ask(client, path).status_code == 500
    assert written(config) == {live.pk: (0, 0, 1, "RuntimeError")}


def test_with_a_token_it_is_the_same(client, live, broken, config):
    token = token_of(make_person("ann"))
    assert ask(client, "/api/models/iris/predict", **token).status_code == 500
    assert ask(client, "/api/models/iris/predict", "{}", **token).status_code == 400
    request_counts.counts.write(at_once=True)
    line = last_lines(config)[live.pk, "ann"]
    assert (line.answered, line.refused, line.failed) == (0, 1, 1)


def test_what_reaches_no_version_is_counted_for_none(client, live, counting, config):
    assert ask(client, "/api/models/nobody/predict", "{}").status_code == 404
    serving.swap(serving.Snapshot())
    assert ask(client, "/predict").status_code == 503
    request_counts.counts.write(at_once=True)
    assert written(config) == {}


def test_nothing_is_written_twice_and_each_block_has_an_id(counting, live, config, monkeypatch):
    counting.answered(served(), who="", rows=1, seconds=1e-4)
    for _ in range(2):
        request_counts.counts.write(at_once=True)
    monkeypatch.setattr(request_counts.time, "time", lambda: counting._block + 300.5)
    counting.answered(served(), who="", rows=1, seconds=1e-4)
    request_counts.counts.write(at_once=True)
    [path] = segments.segments(config.SPOOL_DIR)
    first, second = [json.loads(line) for line in path.read_bytes().rstrip(b"\0").splitlines()]
    assert first[1] != second[1]
    assert (first[4] + 300, first[6], second[6]) == (second[4], 1, 1)


def test_a_block_that_ends_is_written_by_the_next_request(counting, live, config, monkeypatch):
    counting.answered(served(), who="", rows=1, seconds=1e-4)
    monkeypatch.setattr(request_counts.time, "time", lambda: counting._block + 300.5)
    counting.answered(served(), who="", rows=1, seconds=1e-4)
    assert written(config) == {live.pk: (1, 0, 0, "")}


def test_any_error_can_be_written(counting, live, config):
    counting.failed(served(), RecordInvalid("\ud800\0" + "x" * 1000), who="")
    [*_, said] = written(config)[live.pk]
    assert len(said) == 300


def test_elsewhere_nothing_is_counted(client, live, config):
    Follower().step()
    assert ask(client, "/predict").status_code == 200
    assert written(config) == {}


def test_each_caller_has_counts_of_its_own(client, live, counting, config):
    for headers in ({}, token_of(make_person("ann")), token_of(make_person("ben"))):
        assert ask(client, "/api/models/iris/predict", **headers).status_code == 200
    request_counts.counts.write(at_once=True)
    assert {who: line.answered for (_, who), line in last_lines(config).items()} == {
        "": 1,
        "ann": 1,
        "ben": 1,
    }


def test_times_are_kept_by_the_size_of_the_request(client, live, counting, config):
    for rows in (1, 3, 3, 2000):
        assert ask(client, "/api/models/iris/predict", json.dumps([ROW] * rows)).status_code == 200
    assert ask(client, "/predict").status_code == 200
    request_counts.counts.write(at_once=True)
    times = last_lines(config)[live.pk, ""].latencies
    assert {size: sum(steps.values()) for size, steps in times.items()} == {1: 2, 2: 2, 11: 1}
    assert min(times[11]) > min(times[1])  # the first of all may be slow


def test_callers_beyond_the_most_are_counted_together(live, counting, config):
    for number in range(request_counts.MOST_CALLERS + 2):
        counting.refused(served(), who=f"caller-{number}")
    for who in ("caller-0", ""):
        counting.refused(served(), who=who)
    request_counts.counts.write(at_once=True)
    lines = last_lines(config)
    assert len(lines) == request_counts.MOST_CALLERS + 2
    assert lines[live.pk, ""].refused == 1  # without a token nobody is one of them
    assert (lines[live.pk, request_counts.OTHERS].refused, lines[live.pk, "caller-0"].refused) == (2, 2)


def failing_after_a_flip(live, strong, monkeypatch, *, both):
    """`strong` is live in place of `live`, and fails; perhaps the one before fails, too."""
    promote(version=strong, replacing=live_promotion(live.registered_model), approval=APPROVAL)
    Follower().step()
    served = serving.current().default
    assert (served.version.version_id, served.before.version_id) == (strong.pk, live.pk)
    for version in (served.version, served.before) if both else (served.version,):
        monkeypatch.setitem(version.__dict__, "session", Breaking())


@pytest.mark.parametrize(("both", "counts"), [(False, (1, 0, 1)), (True, (1, 1, 0))])
@every_path
def test_what_fails_is_asked_of_the_version_before(
    client, live, strong, counting, config, monkeypatch, path, both, counts
):
    failing_after_a_flip(live, strong, monkeypatch, both=both)
    assert ask(client, path).status_code == 500
    line = last_lines(config)[strong.pk, ""]
    assert (line.failed, line.both_failed, line.only_failed) == counts


def test_where_no_version_was_before_nobody_knows(client, live, broken, config):
    assert ask(client, "/predict").status_code == 500
    line = last_lines(config)[live.pk, ""]
    assert (line.failed, line.both_failed, line.only_failed) == (1, 0, 0)


class NotFinite:
    """A session that answers NaN, as a linear model does for the fill value of a file."""

    def run(self, names, inputs):
        rows = len(next(iter(inputs.values())))
        return [np.zeros(rows, int), np.full((rows, 3), np.nan)]


@every_path
def test_an_answer_that_neither_version_has_is_no_fault_of_the_live_one(
    client, live, strong, counting, config, monkeypatch, path
):
    failing_after_a_flip(live, strong, monkeypatch, both=True)
    for version in (serving.current().default.version, serving.current().default.before):
        monkeypatch.setitem(version.__dict__, "session", NotFinite())
    assert ask(client, path).status_code == 422
    line = last_lines(config)[strong.pk, ""]
    assert (line.failed, line.both_failed, line.only_failed, line.refused) == (1, 1, 0, 0)
