"""How many there are of something, and numbers out of query strings."""

import pytest

from predictions.contract.numbers import counted, number_in


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1204, "1,204 rows")]
)
def test_one_is_not_many(number, told):
    assert counted(number, "row") == told


@pytest.mark.parametrize("text", ["", "x", "-1", "1.0", " 1", "²", "١", "9" * 19])
def test_what_no_row_can_have_is_no_number(text):
    assert number_in(text) is None


def test_a_number_in_a_query_string():
    assert (number_in("7"), number_in("9" * 18)) == (7, int("9" * 18))
