"""A process that is killed costs its search nothing but time."""

import os
import signal
import threading
import time

import pytest

from scheduling.tests.search.estimators import Guess, find


@pytest.fixture(autouse=True)
def _one_process(config):
    config.SEARCH_PROCESSES = 1


SHARES = {"share": [i / 8 for i in range(8)]}


def test_one_of_two_processes_is_killed_and_the_same_is_found(tmp_path, config):
    undisturbed = find(Guess(), SHARES, tmp_path)
    config.SEARCH_PROCESSES = 2
    disturbed = find(Guess(dies_once=str(tmp_path / "died")), SHARES, tmp_path)
    assert (tmp_path / "died").exists()
    assert [one.scores for one in disturbed.trials] == [one.scores for one in undisturbed.trials]
    assert disturbed.parameters == undisturbed.parameters


def test_one_that_somebody_kills(tmp_path, config):
    config.SEARCH_PROCESSES = 2
    seen = tmp_path / "seen"
    seen.mkdir()

    def kill():
        while not (files := sorted(seen.iterdir())):
            time.sleep(0.01)
        os.kill(int(files[0].name.partition("-")[0]), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    found = find(Guess(seconds=0.1, seen=str(seen)), SHARES, tmp_path)
    killer.join()
    assert len(found.trials) == 8
    assert len({file.name.partition("-")[0] for file in seen.iterdir()}) > 2


def test_the_trial_that_kills_its_process_each_time_has_failed_and_no_other(tmp_path):
    found = find(Guess(), {"dies": ["", "always"], "share": [0.5]}, tmp_path, method="grid")
    failed = [one for one in found.trials if one.error]
    assert [one.proposal.parameters["dies"] for one in failed] == ["always"]
    assert "memory" in failed[0].error
    assert [len(one.scores) for one in found.trials if not one.error] == [3]
