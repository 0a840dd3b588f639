"""Numbers that would be lost are refused where a file is read for a signature that exists."""

import pandas as pd
import pytest

from predictions.tables.fit import refuse_other_numbers
from predictions.tables.names import DatasetInvalid
from predictions.tests.other_models import INCOME, signature

SPEC = signature("classification", "buys", ("no", "yes"), INCOME)


def cells(*values):
    return pd.DataFrame({"income": pd.Series(values, dtype="object"), "buys": "no"})


@pytest.mark.parametrize(
    "values", [("1.234", "0.5"), ("-0.125", "1.5e3"), ("1234.567", ".5"), ("12", "7.000")]
)
def test_three_decimals_are_decimals(values):
    refuse_other_numbers(cells(*values), SPEC)


@pytest.mark.parametrize("lost", ["1,5", "1,234.5", "1.234,5", "1.234.567", "1 234"])
def test_a_decimal_comma_and_separated_thousands_are_refused(lost):
    with pytest.raises(DatasetInvalid, match="1 of 2 values of income, the first in row 3"):
        refuse_other_numbers(cells("1.234", lost), SPEC)
