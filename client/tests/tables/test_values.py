"""What values become on their way: the server takes JSON."""

import datetime
import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from model_delivery import InvalidInput
from model_delivery.tables.values import json_values

TIME = datetime.datetime(2026, 1, 2, 3, 4, 5)
UTC = TIME.replace(tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("values", "sent"),
    [
        (pd.Series([1.5, np.nan]), [1.5, None]),
        (np.array([1.5, np.nan]), [1.5, None]),
        (np.array([0.1], dtype="float32"), [0.10000000149011612]),
        (pd.Series([1, 2]), [1, 2]),
        (np.array([1, 2], dtype="uint8"), [1, 2]),
        (pd.Series([1, None], dtype="Int64"), [1, None]),
        (pd.Series([1.5, None], dtype="Float64"), [1.5, None]),
        (pd.Series([2**53 + 1]), [2**53 + 1]),
        (pd.Series([True, False]), [True, False]),
        (pd.Series([True, None], dtype="boolean"), [True, None]),
        (pd.Series([True, None], dtype="object"), [True, None]),
        (pd.Series(["a", None, np.nan, pd.NA], dtype="object"), ["a", None, None, None]),
        (pd.Series(["a", None], dtype="string"), ["a", None]),
        (pd.Series(["01067", ""]), ["01067", ""]),
        (pd.Series(["a", None, "b"], dtype="category"), ["a", None, "b"]),
        (pd.Series([1, 2], dtype="category"), [1, 2]),
        (pd.Series([TIME, None]), ["2026-01-02T03:04:05", None]),
        (pd.Series([UTC, None]), ["2026-01-02T03:04:05+00:00", None]),
        (pd.Series([UTC]).dt.tz_convert("Asia/Tokyo"), ["2026-01-02T03:04:05+00:00"]),
        (pd.Series([TIME, None]).astype("timestamp[us][pyarrow]"), ["2026-01-02T03:04:05", None]),
        (pd.Series([pd.Timestamp("1650-01-01 00:00:00.000001")]), ["1650-01-01T00:00:00.000001"]),
        (np.array(["2026-01-02T03:04:05", "NaT"], dtype="datetime64[ns]"), ["2026-01-02T03:04:05", None]),
        ([TIME, datetime.date(2026, 1, 2), pd.NaT], ["2026-01-02T03:04:05", "2026-01-02", None]),
        ([np.datetime64("2026-01-02T03:04:05", "ns")], ["2026-01-02T03:04:05"]),
        ([np.float64(1.5), np.int64(2), np.bool_(True), np.str_("a")], [1.5, 2, True, "a"]),
        ([Decimal("1.5"), Decimal("NaN"), float("nan")], [1.5, None, None]),
        (pd.Series([1.0, np.nan], dtype=pd.SparseDtype(float)), [1.0, None]),
        (pd.Series(["x"], dtype="string[pyarrow]"), ["x"]),
        (pd.Series([1, None], dtype="int64[pyarrow]"), [1, None]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_of_every_library_become_json(values, sent):
    found = json_values("a", values)
    assert found == sent
    assert [type(value) for value in found] == [type(value) for value in sent]
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize(
    "value",
    [np.inf, -np.inf, b"x", 1j, {}, [1], object(), datetime.timedelta(1), np.timedelta64(1, "ns")],
    ids=lambda value: f"{type(value).__name__} {str(value)[:4]}",
)
def test_what_json_cannot_hold_is_refused_by_column_and_row(value):
    with pytest.raises(InvalidInput) as told:
        json_values("age", pd.Series([1.0, value], dtype="object"))
    [problem] = told.value.problems
    assert (problem.field, problem.row) == ("age", 1)
    assert problem.remedy


def test_an_infinite_number_of_a_column_of_numbers_is_refused_too():
    with pytest.raises(InvalidInput) as told:
        json_values("age", pd.Series([1.0, 2.0, np.inf]))
    assert (told.value.field, told.value.problems[0].row) == ("age", 2)
