"""How a file that is too small is refused."""

import pytest

from predictions.contract.fields import InvalidInput
from scheduling.registering.reading import read_file


@pytest.mark.parametrize(("rows", "told"), [(1, "1 row."), (2, "2 rows.")])
def test_rows_are_counted(rows, told):
    with pytest.raises(InvalidInput) as caught:
        read_file(b"x,y\n" + b"1.5,a\n" * rows, field="training")
    [error] = caught.value.errors
    assert (error.field, told in error.message) == ("training", True)
