"""Tables of every library become named columns."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.sparse

from model_delivery import InvalidInput
from model_delivery.tables.frames import as_frame
from model_delivery.tables.values import json_values

A = {"age": [50, 20], "town": ["Rome", None]}


@pytest.mark.parametrize(
    ("data", "columns"),
    [
        (pd.DataFrame(A), A),
        (pa.table(A), A),
        (A, A),
        ([{"age": 50, "town": "Rome"}, {"age": 20}], A),
        ({"age": 50, "town": "Rome"}, {"age": [50], "town": ["Rome"]}),
        (np.array([[1.0, 2.0], [3.0, 4.0]]), {"x0": [1.0, 3.0], "x1": [2.0, 4.0]}),
        ([[1, 2], [3, 4]], {"x0": [1, 3], "x1": [2, 4]}),
        (scipy.sparse.csr_array([[0.0, 2.0]]), {"x0": [0.0], "x1": [2.0]}),
        (pd.DataFrame({0: [1], 1: [2]}), {"0": [1], "1": [2]}),
    ],
    ids=lambda data: type(data).__name__,
)
def test_a_table_has_its_columns_by_name(data, columns):
    frame = as_frame(data, field="X")
    assert {name: json_values(name, values) for name, values in frame.columns.items()} == columns
    assert frame.rows == len(next(iter(columns.values())))


def test_a_part_has_some_rows_of_each_column():
    frame = as_frame(pd.DataFrame({"a": range(5)}, index=list("vwxyz")), field="X")
    part = frame.part(3, 10)
    assert part.rows == 2
    assert json_values("a", part.columns["a"]) == [3, 4]


@pytest.mark.parametrize(
    "data",
    [
        pd.Series([1, 2]), np.array([1, 2]), np.zeros((2, 2, 2)), "text", 5, None, [], [[1, 2], [3]],
        {"a": [1, 2], "b": [1]}, {"a": [1], "b": 2, "c": [1, 2]}, {},
        pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")])),
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_table_is_refused_with_a_remedy(data):
    with pytest.raises(InvalidInput) as told:
        as_frame(data, field="X")
    assert told.value.field == "X"
    assert told.value.remedy


def test_columns_of_one_name_are_named():
    with pytest.raises(InvalidInput) as told:
        as_frame(pd.DataFrame([[1, 2, 3]], columns=["a", "b", "a"]), field="X")
    assert [problem.field for problem in told.value.problems] == ["a"]
