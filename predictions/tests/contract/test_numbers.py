"""How many there are of something."""

import pytest

from predictions.contract.numbers import counted


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1204, "1,204 rows")]
)
def test_one_is_not_many(number, told):
    assert counted(number, "row") == told
