"""Each limit has words and a unit for the pages, and no words are left of a limit that is gone."""

import pytest

from scheduling.checks import CHECKS
from scheduling.checks.limit_words import UNITS, WORDS, with_unit, words_of

LIMITS = [(check.id, name) for check in CHECKS for name in check.limits]


@pytest.mark.parametrize(("check_id", "name"), LIMITS)
def test_it_is_told_in_words(check_id, name):
    words, unit = words_of(check_id, name)
    assert words[0].isupper()
    assert "_" not in words
    assert unit in {*UNITS, "tries", "slices", "features"}


def test_no_words_are_of_a_limit_that_does_not_exist():
    assert WORDS.keys() <= {name for _, name in LIMITS} | {".".join(limit) for limit in LIMITS}


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.05, "share", "5 %"),
        (0.001, "share", "0.1 %"),
        (100.0, "ms", "100 ms"),
        (5000, "rows", "5,000 rows"),
        (1e-05, "", "0.00001"),
        (True, "", "yes"),
        ("by hand", "", "by hand"),
    ],
)
def test_a_value_has_its_unit(value, unit, shown):
    assert with_unit(value, unit) == shown
