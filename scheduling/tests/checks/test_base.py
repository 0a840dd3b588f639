"""The shape of a check: its limits by name, and overrides that are refused when they do not fit."""

from dataclasses import FrozenInstanceError, fields

import pytest

from scheduling.checks import CHECKS, CHECKS_BY_ID
from scheduling.checks.base import Check, UnknownLimit
from scheduling.checks.enough_rows import EnoughRows
from scheduling.checks.serving_cost import Latency

each_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)


def test_no_two_checks_have_one_id():
    ids = [check.id for check in CHECKS]
    assert len(set(ids)) == len(ids) == len(CHECKS_BY_ID)


def test_the_cheap_ones_are_asked_first_and_the_comparison_last():
    ids = [check.id for check in CHECKS]
    assert ids[0] == "data_quality"
    assert ids[-1] == "evaluation_metrics"


@each_check
def test_its_limits_are_its_fields(check):
    assert check.limits.keys() == {field.name for field in fields(check)}
    assert check.with_limits({}) == check
    assert check.with_limits(check.limits) == check


@each_check
def test_it_cannot_be_changed_in_place(check):
    with pytest.raises((FrozenInstanceError, AttributeError)):
        check.max_p95_ms = 1.0


@each_check
def test_it_refuses_a_limit_that_it_does_not_have(check):
    with pytest.raises(UnknownLimit, match=rf"{check.id}\b.*max_p99_ms"):
        check.with_limits({"max_p99_ms": 1.0})


@each_check
@pytest.mark.parametrize("value", ["80", None, True, [1], {"a": 1}, -1, float("nan")])
def test_it_refuses_a_value_of_another_type_or_out_of_range(check, value):
    for name, usual in check.limits.items():
        if isinstance(value, bool) and isinstance(usual, bool):
            continue  # a switch
        with pytest.raises(UnknownLimit, match=name):
            check.with_limits({name: value})


@pytest.mark.parametrize("limits", [[], "max_p95_ms", 5, None])
def test_limits_are_an_object(limits):
    with pytest.raises(UnknownLimit, match="max_p95_ms"):
        Latency().with_limits(limits)


def test_one_limit_changes_and_the_others_stay():
    changed = Latency().with_limits({"max_p95_ms": 80})
    assert changed.limits == Latency().limits | {"max_p95_ms": 80}
    assert Latency().max_p95_ms == 100.0


def test_a_whole_number_of_rows_is_no_fraction():
    with pytest.raises(UnknownLimit, match="min_rows"):
        EnoughRows().with_limits({"min_rows": 29.5})


def test_a_limit_is_finite():
    with pytest.raises(UnknownLimit, match="max_p95_ms"):
        Latency().with_limits({"max_p95_ms": float("inf")})


def test_the_base_answers_nothing():
    with pytest.raises(NotImplementedError):
        Check().run(None)
