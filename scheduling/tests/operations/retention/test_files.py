"""Which files prune removes, whatever vanishes beside it, and which it never does."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from predictions.registry import artefacts
from predictions.tests.factories import make_live, make_version
from scheduling.evidence_page import page
from scheduling.operations import retention
from scheduling.operations.retention import prune
from scheduling.tests.operations.retention.old import NOW, age, ended, files_of, remaining

pytestmark = pytest.mark.django_db


def test_files_that_no_row_needs_go_unless_they_are_new(wine, config):
    folder = config.MEDIA_ROOT / "models" / "wine" / "abcd"
    folder.mkdir(parents=True)
    (folder / "orphan.joblib").write_bytes(b"x" * 100)
    young = prune(wine, now=datetime.now(UTC))
    assert young.files == 0
    done = prune(wine, now=datetime.now(UTC) + timedelta(hours=2))
    assert (done.files, done.bytes) == (1, 100)
    assert not folder.exists()


@pytest.fixture
def forgotten(wine, config):
    """A file that no row needs."""
    path = config.MEDIA_ROOT / artefacts.store(b"old", folder="models/wine", filename="old.onnx")
    age(config)
    return path


def test_a_file_that_vanishes_while_it_is_listed_is_gone(wine, forgotten, config, monkeypatch):
    other = artefacts.store(b"other", folder="models/wine", filename="other.onnx")
    age(config)
    lstat = Path.lstat

    def vanish(path):
        if path == forgotten:
            path.unlink(missing_ok=True)
        return lstat(path)

    monkeypatch.setattr(Path, "lstat", vanish)
    done = prune(wine, now=NOW)
    assert done.files == 1
    assert other not in files_of(config)


@pytest.mark.parametrize("whole", [False, True], ids=["the file", "its folder"])
def test_one_that_vanishes_before_it_is_removed_counts_as_gone(wine, forgotten, config, monkeypatch, whole):
    unneeded = retention._unneeded_files

    def and_vanish(*arguments):
        found = unneeded(*arguments)
        forgotten.unlink()
        if whole:
            forgotten.parent.rmdir()
        return found

    monkeypatch.setattr(retention, "_unneeded_files", and_vanish)
    done = prune(wine, now=NOW)
    assert (done.files, done.bytes) == (1, 3)
    assert not forgotten.parent.exists()


def test_a_folder_that_vanishes_while_it_is_listed_is_gone(wine, forgotten, monkeypatch):
    scandir = os.scandir

    def vanish(place):
        if Path(place) == forgotten.parent and forgotten.parent.exists():
            forgotten.unlink()
            forgotten.parent.rmdir()
        return scandir(place)

    monkeypatch.setattr(os, "scandir", vanish)
    assert prune(wine, now=NOW).files == 0


def test_a_file_that_nobody_needs_goes_though_a_wrong_clock_dated_it_ahead(wine, forgotten):
    ahead = (NOW + timedelta(days=3652)).timestamp()
    os.utime(forgotten, (ahead, ahead))
    assert prune(wine, now=NOW).files == 1


def test_uploads_are_left_to_the_sweep_of_the_quarantine(wine, config):
    path = config.MEDIA_ROOT / "quarantine" / "left"
    path.mkdir(parents=True)
    (path / "x.upload").write_bytes(b"PK")
    prune(wine, now=datetime.now(UTC) + timedelta(hours=2))
    assert files_of(config) == {"quarantine/left/x.upload"}


def test_evidence_goes_with_its_run_and_that_of_a_promotion_stays(wine, config):
    promotion = make_live(make_version(wine, "a"))
    runs = [
        ended(wine, decision="promoted", promotion=promotion, candidate=promotion.version),
        *(ended(wine) for _ in range(4)),
    ]
    for run in runs:
        page.store(run, [{"of": run.pk}]).save()
    age(config)
    prune(wine, now=NOW)
    kept = [runs[0], *runs[-2:]]
    assert remaining() == {run.pk for run in kept}
    of_evidence = {path for path in files_of(config) if path.startswith("evidence/")}
    assert of_evidence == {run.evidence_file.file for run in kept}
