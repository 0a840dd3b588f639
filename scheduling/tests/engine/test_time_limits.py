"""How long each stage of a run may take: a child that is never started, looked at by a clock of our own."""

import pytest

from scheduling.engine.time_limits import STARTING, Stages
from scheduling.models.run import FITTING, READING


@pytest.fixture(autouse=True)
def _limits(config):
    config.RUN_TIME_LIMIT_SECONDS = 300
    config.FIT_TIME_LIMIT_SECONDS = 3600
    config.SOURCE_TIME_LIMIT_SECONDS = 900


def looked(*steps):
    """What the last look finds, at a run that was in each step for so many seconds."""
    stages, now, said = Stages(100.0), 100.0, ""
    for step, seconds in steps:
        now += seconds
        said = stages.over_limit(step, now=now)
    return said


def test_a_long_fit_leaves_the_other_stages_their_time():
    assert looked((FITTING, 3600), ("compiling", 299), (FITTING, 0)) == ""


def test_a_fit_over_its_own_limit_names_the_fit_its_time_and_its_setting():
    said = looked(("", 200), (FITTING, 3000), (FITTING, 700))
    assert all(part in said for part in (FITTING, "3700 s", "3600 s", "FIT_TIME_LIMIT_SECONDS"))
    assert "RUN_TIME_LIMIT_SECONDS" not in said


def test_the_other_stages_share_a_limit_and_the_one_at_work_is_named():
    said = looked((FITTING, 3000), ("compiling", 250), ("running the check slices", 60))
    assert all(
        part in said for part in ("running the check slices", " 60 s", "300 s", "RUN_TIME_LIMIT_SECONDS")
    )
    assert "FIT_TIME_LIMIT_SECONDS" not in said


def test_a_run_that_has_not_noted_a_step_is_starting():
    assert STARTING in looked(("", 301))


def test_a_step_that_is_left_and_entered_again_is_counted_once():
    assert " 40 s" in looked(("a", 10), ("b", 290), ("a", 30))


def test_reading_a_source_has_a_limit_of_its_own_however_far_it_says_it_is():
    assert looked((READING, 500), (f"{READING}: 10,000", 400), ("compiling", 299)) == ""
    said = looked((READING, 500), (f"{READING}: 10,000", 431))
    assert all(part in said for part in (READING, "931 s", "900 s", "SOURCE_TIME_LIMIT_SECONDS"))
