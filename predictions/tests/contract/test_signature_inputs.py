"""From rows to the arrays that a served form takes, and from a data frame to rows."""

import numpy as np
import pandas as pd
import pytest

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec


def signature(*kinds):
    features = tuple(
        FeatureSpec(name=f"x{i}", kind=Kind(kind), required=False) for i, kind in enumerate(kinds)
    )
    return SignatureSpec(task="classification", output_name="y", labels=(0, 1), features=features)


@pytest.mark.parametrize(
    ("kinds", "matrix"), [(["float", "int", "bool"], True), (["float", "text"], False), (["text"], False)]
)
def test_numbers_and_booleans_alone_are_one_matrix(kinds, matrix):
    assert signature(*kinds).is_matrix == matrix


def test_a_matrix_has_one_row_for_each_request():
    inputs = signature("float", "int", "bool").to_inputs([(1.5, 2, True), (None, 0, False)])
    assert list(inputs) == ["features"]
    assert inputs["features"].dtype == np.float64
    np.testing.assert_array_equal(inputs["features"], [[1.5, 2, 1], [np.nan, 0, 0]])


def test_a_mixed_signature_is_a_column_for_each_feature():
    inputs = signature("float", "text", "bool").to_inputs([(1.5, "a", True), (None, None, None)])
    assert {name: (column.shape, column.dtype) for name, column in inputs.items()} == {
        "c0": ((2, 1), np.float64),
        "c1": ((2, 1), np.dtype(object)),
        "c2": ((2, 1), np.float64),
    }
    np.testing.assert_array_equal(inputs["c0"], [[1.5], [np.nan]])
    assert inputs["c1"].tolist() == [["a"], ["nan"]]


def test_rows_of_a_frame_are_plain_values_and_what_is_missing_is_none():
    frame = pd.DataFrame(
        {
            "y": [0, 1],
            "x1": pd.Series(["a", None], dtype="object"),
            "x0": [1.0, np.nan],
            "other": [9, 9],
        }
    )
    rows = signature("float", "text").rows_of(frame)
    assert rows == [(1.0, "a"), (None, None)]
    assert [type(value) for value in rows[0]] == [float, str]


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT, float("nan")])
def test_every_way_of_missing_is_none(missing):
    frame = pd.DataFrame({"x0": pd.Series([missing, "b"], dtype="object")})
    assert signature("text").rows_of(frame) == [(None,), ("b",)]


def test_a_boolean_of_a_frame_is_one_again():
    frame = pd.DataFrame({"x0": [1.0, 0.0, np.nan]})
    rows = signature("bool").rows_of(frame)
    assert [row[0] for row in rows] == [True, False, None]
    assert type(rows[0][0]) is bool


def test_only_rows_that_a_client_could_send_are_answerable():
    features = (
        FeatureSpec(name="a", kind=Kind.FLOAT),
        FeatureSpec(name="b", kind=Kind.FLOAT, required=False),
        FeatureSpec(name="t", kind=Kind.TEXT),
    )
    spec = SignatureSpec(task="regression", output_name="y", labels=(), features=features)
    rows = {
        (1.0, 1.0, "t", 0.0): True,
        (1.0, np.nan, "t", 0.0): True,
        (np.nan, 1.0, "t", 0.0): False,
        (np.inf, 1.0, "t", 0.0): False,
        (1.0, -np.inf, "t", 0.0): False,
        (1e39, 1.0, "t", 0.0): False,
        (1.0, 1.0, None, 0.0): False,
        (1.0, 1.0, "t", np.nan): False,
    }
    frame = pd.DataFrame(list(rows), columns=["a", "b", "t", "y"])
    assert frame.index.isin(spec.answerable(frame).index).tolist() == list(rows.values())


def test_rows_of_a_frame_are_what_to_inputs_takes():
    frame = pd.DataFrame({"x0": [1.0, 2.0], "x1": [0.0, np.nan]})
    spec = signature("float", "int")
    np.testing.assert_array_equal(spec.to_inputs(spec.rows_of(frame))["features"], frame.to_numpy(np.float64))
