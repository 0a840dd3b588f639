"""The command: what it writes where, and when it fails."""

import argparse

import pytest

from benchmarks import __main__ as command
from benchmarks.measures import MEASURES
from benchmarks.reporting.results import NotMeasured, Result


def test_it_knows_every_measure_by_name():
    assert tuple(MEASURES) == command.NAMES


def test_a_measure_that_cannot_be_taken_is_a_line_and_a_failure():
    def broken():
        raise NotMeasured("it did not start")

    (result,) = command.attempt("memory", broken)
    assert result == Result(measure="memory", absent="it did not start", must_hold=True)


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "RESULTS", tmp_path / "RESULTS.md")
    monkeypatch.setattr(command.tempfile, "tempdir", str(tmp_path))
    return tmp_path / "RESULTS.md"


def asked(**options):
    return argparse.Namespace(**{"smoke": False, "only": None, "output": None} | options)


def test_a_whole_run_writes_the_results(results, capsys):
    command.write(asked(), "text")
    assert results.read_text() == "text"
    assert str(results) in capsys.readouterr().out


@pytest.mark.parametrize("part", [{"smoke": True}, {"only": ["memory"]}])
def test_a_part_leaves_the_results_of_a_whole_run_alone(results, part):
    command.write(asked(**part), "text")
    assert not results.exists()
    (written,) = results.parent.glob("benchmarks-*.md")
    assert written.read_text() == "text"


def test_it_writes_where_it_is_told(results, tmp_path):
    command.write(asked(output=tmp_path / "mine.md"), "text")
    assert (tmp_path / "mine.md").read_text() == "text"
    assert not results.exists()
