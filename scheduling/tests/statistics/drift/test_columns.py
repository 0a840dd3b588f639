"""One column in two samples: gaps are seen, and what a picture needs is kept."""

import numpy as np
import pandas as pd
import pytest

from scheduling.statistics.drift import category_column, histogram, number_column

CHANCE = np.random.default_rng(1)


def numbers(n, missing=0.0, shift=0.0):
    values = CHANCE.normal(shift, 1, n)
    values[: round(missing * n)] = np.nan
    return pd.Series(values)


def texts(*counts):
    return pd.Series(
        [name for name, count in zip(["a", "b", None], counts, strict=False) for _ in range(count)]
    )


def test_numbers_that_go_missing_are_a_shift():
    column = number_column(numbers(1000, missing=0.02), numbers(1000, missing=0.2))
    assert column.shift.distance >= 0.18 - 1e-9
    assert column.shift.p < 1e-6
    assert column.missing == {"reference": 0.02, "recent": 0.2}


def test_numbers_that_move_are_a_shift_beside_gaps():
    column = number_column(numbers(1000, missing=0.1), numbers(1000, missing=0.1, shift=1.0))
    assert column.shift.distance > 0.3
    assert number_column(numbers(1000, missing=0.1), numbers(1000, missing=0.1)).shift.p > 0.01


def test_a_column_without_any_number_is_no_error():
    nothing = pd.Series([np.nan] * 60)
    assert number_column(nothing, nothing).shift.p == pytest.approx(1.0)
    column = number_column(numbers(100), nothing)
    assert column.shift.distance == 1.0
    assert column.distribution["recent"] == [0.0] * 20


def test_missing_is_a_category():
    column = category_column(texts(500, 500), texts(400, 400, 200))
    assert column.shift.distance == pytest.approx(0.2)
    assert column.shift.p < 1e-6
    assert column.distribution == {
        "kind": "categories",
        "names": ["a", "b", "(missing)"],
        "reference": [0.5, 0.5, 0.0],
        "recent": [0.4, 0.4, 0.2],
    }


def test_known_categories_keep_their_order_and_new_ones_follow():
    column = category_column(texts(50, 50), texts(50, 50), categories=("b", "a", "c"))
    assert column.distribution["names"] == ["b", "a"]  # c never occurs
    assert category_column(texts(50), texts(0, 50)).distribution["names"] == ["a", "b"]


def test_of_many_categories_the_most_frequent_are_shown():
    many = pd.Series([f"c{i:02}" for i in range(30) for _ in range(30 - i)])
    shown = category_column(many, many).distribution
    assert shown["names"] == [f"c{i:02}" for i in range(20)] + ["(others)"]
    assert sum(shown["reference"]) == pytest.approx(1)


def test_labels_that_are_numbers_or_truths_are_categories():
    column = category_column(
        pd.Series([0, 1, 1], dtype="object"), pd.Series([0, 0, 1], dtype="object"), (0, 1)
    )
    assert column.distribution["names"] == ["0", "1"]
    assert column.shift.distance == pytest.approx(1 / 3)
    truths = pd.Series([1.0, 0.0, np.nan])
    assert category_column(truths, truths).shift.p == 1.0


def test_the_bins_hold_everything_whatever_the_tails():
    values = CHANCE.standard_cauchy(5000)
    shown = histogram(values, np.append(values, [np.inf, np.nan]))
    assert len(shown["edges"]) == 21
    assert shown["edges"] == sorted(shown["edges"])
    assert shown["edges"][-1] < 1000
    assert [sum(shown[side]) for side in ("reference", "recent")] == pytest.approx([1, 1])


def test_a_constant_has_bins_too():
    shown = histogram(np.ones(10), np.ones(5))
    assert (shown["edges"][0], shown["edges"][-1]) == (1.0, 2.0)
    assert shown["reference"][0] == shown["recent"][0] == 1.0
