"""Bounds and verdicts."""

import pytest

from benchmarks.reporting.figures import Spread
from benchmarks.reporting.results import Bound, Result, wrong


@pytest.mark.parametrize(
    ("sign", "limit", "value", "admitted"),
    [
        ("≥", 1.2, 1.2, True),
        ("≥", 1.2, 1.19, False),
        ("≤", 1.5, 1.5, True),
        ("≤", 1.5, 1.51, False),
        ("=", 0, 0, True),
        ("=", 0, 1, False),
        ("≥", 1, float("nan"), False),
        ("≤", 1, float("nan"), False),
    ],
)
def test_a_bound_includes_its_limit(sign, limit, value, admitted):
    assert Bound(sign, limit).admits(value) is admitted


def test_a_bound_is_written_as_in_the_table():
    assert str(Bound("≥", 4)) == "≥ 4"
    assert str(Bound("≤", 1.5)) == "≤ 1.5"


def test_the_ratio_is_judged_where_there_is_one_and_its_median_decides():
    ratio = Spread(1.3, 1.0, 1.6)
    assert Result(measure="m", ours=9.0, rival=7.0, ratio=ratio, bound=Bound("≥", 1.2)).verdict == "holds"
    assert Result(measure="m", ours=9.0, rival=7.0, ratio=ratio, bound=Bound("≥", 1.4)).verdict == "does not"
    assert Result(measure="m", ours=9.0, bound=Bound("≤", 8)).verdict == "does not"


def test_without_a_bound_it_is_told():
    assert Result(measure="m", ours=9.0).verdict == "told"


@pytest.mark.parametrize("bound", [None, Bound("≤", 1)])
def test_what_has_no_figure_neither_holds_nor_fails(bound):
    assert Result(measure="m", bound=bound, absent="no wrk").verdict == "not measured: no wrk"
    assert Result(measure="m", bound=bound).verdict == "not measured: no figures"


def test_only_what_must_hold_is_wrong_and_absence_is_no_excuse():
    none = Bound("=", 0)
    lost = Result(measure="lost", ours=1, bound=none, must_hold=True)
    unseen = Result(measure="unseen", bound=none, absent="it did not start", must_hold=True)
    kept = Result(measure="kept", ours=0, bound=none, must_hold=True)
    slow = Result(measure="slow", ours=9, bound=Bound("≤", 1))
    assert wrong([lost, unseen, kept, slow]) == [lost, unseen]
