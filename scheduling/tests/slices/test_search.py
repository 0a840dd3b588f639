"""Which slices are looked at: of every kind of feature, bounded, and those first that lose most."""

import numpy as np
import pytest

from scheduling.slices.conditions import parse
from scheduling.slices.search import Search
from scheduling.tests.checks.comparison.sliced_evidence import FEATURES, make_frame

FRAME = make_frame(2000, np.random.default_rng(1))
LOSSES = np.random.default_rng(2).choice([-1.0, 0.0, 1.0], 2000, p=[0.04, 0.92, 0.04])


def found(depth=1, most=300, minimum_rows=50, losses=LOSSES, frame=FRAME):
    search = Search(minimum_rows=minimum_rows, most=most, depth=depth)
    return search.subsets(frame, FEATURES, losses)


def conditions(**columns):
    return [str(candidate.condition) for candidate in found(**columns)]


def test_numbers_come_in_four_bins_and_categories_one_by_one():
    got = conditions()
    assert sum(c.startswith("age ") for c in got) == 4
    assert sum(c.startswith(("income <", "income >=")) for c in got) == 4
    assert {"country = DE", "country = LU", "plan = pro", "member = true", "member = false"} <= set(got)
    assert {"income is missing", "plan is missing"} <= set(got)
    assert {"visits = 0", "visits = 1"} <= set(got)  # a number with few values


def test_the_bins_of_a_number_share_its_rows_evenly():
    sizes = [c.rows.sum() for c in found() if str(c.condition).startswith("age ")]
    assert sum(sizes) == 2000
    assert min(sizes) > 400


@pytest.mark.parametrize(("rows", "bins"), [(60, 0), (110, 2), (171, 3), (1000, 4)])
def test_bins_are_as_many_as_have_enough_rows(rows, bins):
    got = conditions(frame=FRAME[:rows], losses=LOSSES[:rows])
    assert sum(c.startswith("age ") for c in got) == bins


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_condition_can_be_copied_into_a_named_slice(depth):
    for candidate in found(depth=depth):
        assert (parse(str(candidate.condition), FEATURES).rows(FRAME) == candidate.rows).all()
        assert len(candidate.condition.features) <= depth


def test_a_second_feature_narrows_what_loses_most():
    assert any(len(c.condition.features) == 2 for c in found(depth=2))
    assert len(conditions(depth=2)) == len(set(conditions(depth=2)))


def test_none_is_smaller_than_it_may_be_and_none_is_everything():
    assert all(100 <= c.rows.sum() < 2000 for c in found(depth=2, minimum_rows=100))
    assert found(minimum_rows=2000) == []


def test_their_number_is_bounded():
    assert len(found(depth=3, most=25)) == 25


def test_those_come_first_that_lose_most():
    rows = parse("country = FR and member = true", FEATURES).rows(FRAME)
    assert conditions(depth=2, losses=np.where(rows, 1.0, LOSSES))[0] == "country = FR and member = true"


def test_a_column_without_a_value_is_asked_only_for_that():
    frame = FRAME.assign(plan=None, income=float("nan"))
    got = conditions(frame=frame)
    assert not any("plan" in c or "income" in c for c in got)  # it holds for every row
