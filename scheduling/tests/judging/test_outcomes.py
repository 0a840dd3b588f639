"""Levels and outcomes: which let a candidate by, and what becomes of numbers that JSON lacks."""

import json

import pytest

from scheduling.evidence.outcomes import Level, Outcome

NAN, INFINITY = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("level", "lets_by"),
    [
        (Level.PASS, True),
        (Level.WARN, True),
        (Level.NOT_APPLICABLE, True),
        (Level.FAIL, False),
        (Level.ERROR, False),
        (Level.SKIPPED, False),
    ],
)
def test_only_a_pass_a_warning_and_not_applicable_let_a_candidate_by(level, lets_by):
    assert level.lets_by is lets_by


def test_a_level_has_a_name_for_people():
    assert [level.label for level in Level] == [
        "pass",
        "warn",
        "fail",
        "error",
        "skipped",
        "not applicable",
    ]


def test_it_is_a_pass_without_problems_and_a_fail_that_lists_them():
    passed = Outcome.judged([], passed="45 rows", measured={"rows": 45}, limit={"min_rows": 30})
    failed = Outcome.judged(["Too few.", "Too old."], passed="45 rows", limit={"min_rows": 30})
    assert (passed.level, passed.message, passed.limit) == (Level.PASS, "45 rows", {"min_rows": 30})
    assert (failed.level, failed.message, failed.limit) == (
        Level.FAIL,
        "Too few. Too old.",
        {"min_rows": 30},
    )


def test_an_error_is_no_pass():
    assert not Outcome.error("KeyError: 'x'").level.lets_by


@pytest.mark.parametrize("value", [NAN, INFINITY, -INFINITY])
def test_what_is_not_a_number_becomes_null_and_is_told_of(value):
    outcome = Outcome(
        level=Level.FAIL, message="odd", measured={"p95_ms": value, "rows": 3, "candidate": {"f1": value}}
    )
    stored = outcome.storable()
    assert stored.measured == {"p95_ms": None, "rows": 3, "candidate": {"f1": None}}
    assert stored.message.endswith(": p95_ms, f1.")
    assert stored.level is Level.FAIL


def test_details_lose_what_json_has_not_without_a_word():
    outcome = Outcome(level=Level.PASS, message="fine", details={"curve": [1.0, NAN, (INFINITY, 2)]})
    assert outcome.storable().details == {"curve": [1.0, None, [None, 2]]}
    assert outcome.storable().message == "fine"


def test_it_can_be_stored_as_strict_json():
    outcome = Outcome(level=Level.PASS, message="m", measured={"a": NAN}, details={"b": [INFINITY]})
    stored = outcome.storable()
    assert json.dumps([stored.measured, stored.details], allow_nan=False)


def test_ordinary_values_stay_as_they_are():
    values = {"text": "nan", "yes": True, "none": None, "small": 1e-300, "list": [1, 2]}
    outcome = Outcome(level=Level.PASS, message="m", measured=values)
    assert outcome.storable() == outcome
