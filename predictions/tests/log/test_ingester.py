"""From files to rows: everything once, whoever is killed when; nothing bad blocks the rest."""

from pathlib import Path

import pytest
from django.db import IntegrityError, OperationalError

from predictions.log import ingester as ingester_module
from predictions.log import segments
from predictions.log.ingester import Ingester
from predictions.models import Prediction
from predictions.tests.factories import make_model, make_version
from predictions.tests.spool_files import being_filled, finished, left_in, line, zeros

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(config):
    return config.SPOOL_DIR


@pytest.fixture
def version():
    return make_version(make_model("iris"), "rf")


def test_a_line_becomes_a_row(folder, version):
    finished(folder, line(version.pk, who="ann"))
    assert Ingester(folder).step() == 1
    row = Prediction.objects.get()
    assert str(row.pk) == "019cc1b2-0000-7000-8000-000000000000"
    assert (row.registered_model, row.model_version) == (version.registered_model, version)
    assert row.inputs == {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}
    assert (row.output, row.probabilities, row.latency_us, row.who) == (0, [0.9, 0.1, 0.0], 123, "ann")
    assert f"{row.at:%Y-%m-%dT%H:%M:%S.%f}" == "2026-03-06T05:49:54.048000"


def test_a_request_of_many_rows_becomes_as_many_with_ids_one_after_another(folder, version):
    finished(folder, line(version.pk, copies=1200))
    assert Ingester(folder).step() == 1200
    ids = [pk.int for pk in Prediction.objects.order_by("pk").values_list("pk", flat=True)]
    assert [pk - ids[0] for pk in ids] == list(range(1200))


def test_a_finished_file_is_removed_and_one_that_is_filled_is_followed(folder, version):
    finished(folder, line(version.pk, 1))
    segment = being_filled(folder, line(version.pk, 2))
    ingester = Ingester(folder)
    assert ingester.step() == 2
    assert left_in(folder) == ["host-2-2-000001.jsonl", "host-2-2-000001.position"]
    assert segments.bytes_waiting(folder) == 0
    assert ingester.step() == 0
    segment.write(line(version.pk, 3))
    assert ingester.step() == 1
    segment.finish()
    assert ingester.step() == 0
    assert left_in(folder) == []
    assert (Prediction.objects.count(), ingester.rejected.lines) == (3, 0)


def test_ingesting_twice_changes_nothing(folder, version):
    lines = [line(version.pk, number) for number in range(20)]
    for _ in range(2):
        finished(folder, *lines)
        Ingester(folder).step()
    assert Prediction.objects.count() == 20


def test_one_that_was_killed_after_a_commit_does_it_again(folder, version, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(segment, position):
        raise Killed

    finished(folder, *[line(version.pk, number) for number in range(1500)])
    with monkeypatch.context() as patched:
        patched.setattr(segments, "remember", killed)
        with pytest.raises(Killed):
            Ingester(folder).step()
    assert Prediction.objects.count() == 500
    assert Ingester(folder).step() == 1500
    assert (Prediction.objects.count(), left_in(folder)) == (1500, [])


def test_a_database_that_is_away_loses_nothing(folder, version, monkeypatch):
    finished(folder, *[line(version.pk, number) for number in range(1500)])
    inserted, ingester = [], Ingester(folder)
    insert = ingester_module.insert

    def away_after_the_first(rows):
        if inserted:
            raise OperationalError("the server is gone")
        inserted.append(insert(rows))

    with monkeypatch.context() as patched:
        patched.setattr(ingester_module, "insert", away_after_the_first)
        with pytest.raises(OperationalError):
            ingester.step()
    assert ingester.step() == 1000
    assert (Prediction.objects.count(), left_in(folder)) == (1500, [])


def test_a_torn_last_line_is_kept_aside_and_counted(folder, version):
    whole = line(version.pk)
    finished(folder, whole, line(version.pk, 1)[:50] + zeros(4000))
    ingester = Ingester(folder)
    assert (ingester.step(), ingester.rejected.lines) == (1, 1)
    assert left_in(folder) == ["rejected/host-1-1-000001.jsonl"]
    assert (folder / left_in(folder)[0]).read_bytes() == line(version.pk, 1)[:50] + b"\n"


def test_a_line_that_is_just_being_copied_is_waited_for(folder, version):
    whole = line(version.pk, 1)
    half = whole[:40] + zeros(len(whole) - 41) + b"\n"  # its newline came first
    segment = being_filled(folder, line(version.pk), half)
    ingester = Ingester(folder)
    assert (ingester.step(), ingester.rejected.lines) == (1, 0)
    segment.written -= len(half)
    segment.write(whole)
    assert (ingester.step(), ingester.rejected.lines) == (1, 0)


THERE = 424242  # stands for the version's id, which no test knows beforehand
BAD = [
    (b"rubbish\n", "the line"),
    (b"\xff\xfe\x00\n", "the line"),
    (b"[" * 5000 + b"\n", "the line"),
    (b"[1, 2]\n", "the line"),
    (line(THERE, outputs=[0, 1]), "outputs"),
    (line(THERE, rows=[[1.0]]), "outputs"),
    (line(THERE, rows=[{"age": 1.0}]), "the rows"),
    (line(THERE, features=None, rows=[{"age": 1.0}]), "the rows"),
    (line(THERE, shares=[[1.0], [1.0, 0.0]]), "outputs"),
    (line(10**6), "1000000"),
    (line(10**30), "the line"),
    (line(THERE, who="x" * 255), "the line"),
    (line(THERE, id="019cc1b2-0000-4000-8000-000000000000"), "UUIDv7"),
]


@pytest.mark.parametrize(("bad", "why"), BAD)
def test_a_bad_line_is_kept_aside_and_the_rest_goes_on(folder, version, caplog, bad, why):
    bad = bad.replace(str(THERE).encode(), str(version.pk).encode())
    finished(folder, line(version.pk, 1), bad, line(version.pk, 2))
    ingester = Ingester(folder)
    assert (ingester.step(), ingester.rejected.lines) == (2, 1)
    assert why in caplog.text
    assert (folder / "rejected" / "host-1-1-000001.jsonl").read_bytes() == bad
    assert (Prediction.objects.count(), len(left_in(folder))) == (2, 1)


def test_what_the_database_refuses_is_kept_aside_line_by_line(folder, version, monkeypatch):
    insert = ingester_module.insert

    def refuse_ann(rows):
        if any(row.who == "ann" for row in rows):
            raise IntegrityError("a constraint that is new")
        insert(rows)

    monkeypatch.setattr(ingester_module, "insert", refuse_ann)
    finished(folder, *[line(version.pk, number, who="ann" if number == 7 else "") for number in range(20)])
    ingester = Ingester(folder)
    assert (ingester.step(), ingester.rejected.lines) == (19, 1)
    assert not Prediction.objects.filter(who="ann").exists()


def test_odd_values_are_kept_or_refused_as_the_database_can(folder, version):
    """PostgreSQL holds no zero character; neither database may stop at one."""
    odd = [["\0", "ünï😀", 10**25, None]]
    finished(folder, line(version.pk, 1, rows=odd), line(version.pk, 2))
    ingester = Ingester(folder)
    ingester.step()
    assert Prediction.objects.count() + ingester.rejected.lines == 2
    assert left_in(folder) == ["rejected/host-1-1-000001.jsonl"] * ingester.rejected.lines


def test_a_file_that_another_has_removed_is_passed_by(folder, version, monkeypatch):
    gone = folder / "host-0-0-000001.jsonl"
    there = finished(folder, line(version.pk))
    monkeypatch.setattr(segments, "segments", lambda folder: [gone, there])
    assert Ingester(folder).step() == 1


def test_a_full_disk_stops_no_ingester(folder, version, monkeypatch, caplog):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    finished(folder, line(version.pk), b"rubbish\n")
    monkeypatch.setattr(segments, "remember", full)
    monkeypatch.setattr(Path, "mkdir", full)
    ingester = Ingester(folder)
    assert (ingester.step(), ingester.rejected.lines) == (1, 1)
    assert left_in(folder) == []
    assert "No space left" in caplog.text


def test_only_one_ingester_leads(folder):
    first, second = Ingester(folder), Ingester(folder)
    assert first.lead()
    assert first.lead()
    assert not second.lead()
    first.close()
    assert second.lead()


def test_one_reason_is_told_once_for_a_file(folder, caplog):
    finished(folder, *[line(10**6, number) for number in range(700)])
    ingester = Ingester(folder)
    assert (ingester.step(), ingester.rejected.lines) == (0, 700)
    assert caplog.text.count(" 1000000 ") == 1
