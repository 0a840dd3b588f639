"""The process that ingests the prediction log: started again whenever it ends, ended with the scheduler."""

import pytest

from scheduling.engine import run_processes as ingester_module
from scheduling.engine.run_processes import Ingester
from scheduling.tests.process_factory import SLEEP, STUBBORN


@pytest.fixture
def ingester():
    """Not started yet; what a test leaves is ended."""
    ingester = Ingester()
    yield ingester
    ingester.stop()


def test_it_is_the_command(ingester, monkeypatch):
    asked = {}

    def command(**arguments):
        asked.update(arguments)
        return ["true"]

    monkeypatch.setattr("scheduling.engine.limited_process.command", command)
    ingester.watch()
    assert asked["argv"][1:] == ["-m", "django", "ingest_predictions"]


def test_there_is_one_and_it_ends_when_asked(ingester, children_do, pipe):
    children_do(SLEEP)
    for _ in range(3):
        ingester.watch()
    pipe.wait_until_ready()
    ingester.ask_to_end()
    ingester.stop()
    pipe.wait_until_all_have_ended()


def test_one_that_died_is_told_of_and_started_again_though_not_at_once(
    ingester, children_do, pipe, monkeypatch, caplog
):
    children_do("ready(); os.kill(os.getpid(), signal.SIGKILL)")
    ingester.watch()
    pipe.wait_until_ready()
    ingester._process.wait(timeout=20)
    ingester.watch()
    assert ingester._process is None
    assert "SIGKILL" in caplog.text
    monkeypatch.setattr(ingester_module, "PAUSE_SECONDS", 0)
    ingester.watch()
    assert ingester._process is not None


def test_one_that_does_not_end_is_killed(ingester, children_do, pipe, monkeypatch):
    monkeypatch.setattr(ingester_module, "STOP_SECONDS", 0.2)
    children_do(STUBBORN)
    ingester.watch()
    pipe.wait_until_ready()
    ingester.ask_to_end()
    ingester.stop()
    pipe.wait_until_all_have_ended()


def test_asked_to_end_before_it_began_is_nothing(ingester):
    ingester.ask_to_end()
    ingester.stop()
