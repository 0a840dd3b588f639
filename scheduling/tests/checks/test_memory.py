"""What a version takes in memory: absolute, and against the champion."""

import pytest

from scheduling.checks.serving_cost import Memory
from scheduling.evidence.outcomes import Level
from scheduling.evidence.rehearsed import MemoryLimitReached
from scheduling.tests.evidence_factory import ask, make_evidence, make_rehearsal

LIMITS = {"max_mb": 512.0, "max_ratio": 3.0, "least_difference_mb": 64.0}


def run(forests, mb, champion=None, **changes):
    other = None if champion is None else make_rehearsal([], memory_mb=champion)
    played = make_rehearsal([], memory_mb=mb, champion=other, **changes)
    return ask(Memory(), make_evidence(forests, rehearsed=played))


def test_it_passes_a_small_one_and_says_how_close_it_was(forests):
    outcome = run(forests, 12.0, 8.0)
    assert outcome.level is Level.PASS
    assert all(said in outcome.message for said in ("12.0 MB", "8.0 MB"))
    assert outcome.measured == {"mb": 12.0, "champion_mb": 8.0, "ratio": 1.5, "server_mb": 120.0}
    assert outcome.limit == LIMITS


def test_it_fails_a_large_one(forests):
    outcome = run(forests, 513.0)
    assert outcome.level is Level.FAIL
    assert all(said in outcome.message for said in ("513 MB", "512 MB"))
    assert outcome.limit == LIMITS


@pytest.mark.parametrize(
    ("ours", "champion", "level"),
    [
        (100, 30, Level.FAIL),
        (90, 30, Level.PASS),
        (60, 1, Level.PASS),
        (65, 0.5, Level.FAIL),
        (300, 150, Level.PASS),
    ],
)
def test_it_fails_one_that_is_much_larger_than_the_champion(forests, ours, champion, level):
    assert run(forests, ours, champion).level is level


@pytest.mark.parametrize("champion", [0.0, -0.5])
def test_a_champion_too_small_to_be_measured_has_no_ratio(forests, champion):
    outcome = run(forests, 12.0, champion)
    assert (outcome.level, outcome.measured["ratio"]) == (Level.PASS, None)


def test_a_first_version_has_nothing_to_be_compared_with(forests):
    outcome = run(forests, 12.0)
    assert "12.0 MB" in outcome.message
    assert outcome.measured["champion_mb"] is None


def test_a_champion_that_failed_is_told_of(forests):
    assert run(forests, 1.0, champion_failed="it hung").message.endswith(": it hung.")


def test_one_that_reached_the_limit_is_an_error_that_says_so(forests):
    outcome = ask(Memory(), make_evidence(forests, rehearsed=MemoryLimitReached("out of memory")))
    assert (outcome.level, outcome.message) == (Level.ERROR, "out of memory")
