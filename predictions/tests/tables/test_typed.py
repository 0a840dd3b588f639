"""Numbers of a column whose texts repeat are those of the same column without a look at repeats."""

import numpy as np
import pandas as pd
import pytest

from predictions.tables import typed

TEXTS = ["1", "2.50", " 3 ", "1e5", "-0", "-0.0", "0.1", "0.12345678901234567", "x", "inf", "true", "1_000"]
WHOLE = ["0", "-0", "9007199254740993", "12"]
MIXED = [1, "1", True, 0.0, "-0.0", -0.0]


@pytest.mark.parametrize("gaps", [[], [None]], ids=["full", "gaps"])
@pytest.mark.parametrize("cells", [TEXTS, WHOLE, MIXED], ids=["texts", "whole", "mixed"])
def test_repeated_cells_are_the_same_numbers(monkeypatch, cells, gaps):
    column = pd.Series(np.random.default_rng(0).choice(np.array([*cells, *gaps], dtype=object), 300))
    each = typed.numbers(column)  # there are too few to look for repeats
    monkeypatch.setattr(typed, "LOOKED_AT", 30)
    found = typed.numbers(column)
    pd.testing.assert_series_equal(found, each, check_exact=True)
    there = found.notna()
    assert (np.signbit(found[there]) == np.signbit(each[there])).all()


def test_cells_without_any_value_are_missing(monkeypatch):
    monkeypatch.setattr(typed, "LOOKED_AT", 30)
    assert typed.numbers(pd.Series([np.nan] * 50, dtype="object")).isna().all()


@pytest.mark.parametrize(
    "odd", ["", " 5", "0x10", "1_0", "inf", "true", "1e400", "-0", "9007199254740993", "1,5"]
)
def test_text_in_the_memory_of_arrow_is_the_same_numbers(odd):
    cells = ["1.5", "-2e3", odd, ".5"]
    objects = typed.numbers(pd.Series([cell or np.nan for cell in cells], dtype="object"))
    in_arrow = typed.numbers(pd.Series([cell or np.nan for cell in cells], dtype="str"))
    pd.testing.assert_series_equal(in_arrow, objects)
