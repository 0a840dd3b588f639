"""Alpha is spent over the life of an evaluation set, and never more of it than there is."""

import pytest

from scheduling.statistics.comparison.verdict import WORN, alpha_at, margin_factor


def test_all_looks_together_spend_alpha_and_no_more():
    spent = sum(alpha_at(k, 0.05) for k in range(1, 200_000))
    assert 0.0499 < spent < 0.05


def test_the_first_look_gets_less_than_half():
    assert alpha_at(1, 0.05) == pytest.approx(0.02187, abs=1e-5)


@pytest.mark.parametrize(("look", "factor"), [(1, 1.0), (10, 1.6), (100, 2.1), (1000, 2.5)])
def test_the_margin_grows_as_documented(look, factor):
    assert margin_factor(look, 0.05) == pytest.approx(factor, abs=0.05)


def test_a_set_is_worn_after_some_65_looks():
    assert margin_factor(60, 0.05) < WORN <= margin_factor(66, 0.05)
