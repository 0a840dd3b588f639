"""What a person says of the columns: taken, or named where it cannot be."""

import numpy as np
import pandas as pd
import pytest

from predictions.registry.inference import infer
from predictions.tests.registry.inference.tables import (
    CODES,
    DAYS,
    N,
    csv,
    draw,
    only,
    typed,
)


def test_each_answer_settles_the_question():
    for kind in ("int", "category", "text"):
        assert only(csv(x=CODES), kinds={"x": kind}).kind == kind
    assert only(csv(x=CODES), kinds={"x": "category"}).categories == ("1", "2", "3", "4", "5")
    assert only(csv(x=CODES, z=draw.normal(size=N)), drop=["x"]).name == "z"
    day = only(csv(x=DAYS), kinds={"x": "timestamp"})
    assert (day.kind, day.dtype, day.example) == ("timestamp", "datetime64[us]", "2024-07-19T00:00:00")


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"output": "gone"}, "output"), ({"drop": ["gone"]}, "drop"), ({"time": "gone"}, "time"),
        ({"group": "gone"}, "group"), ({"kinds": {"gone": "int"}}, "kinds"), ({"kinds": {"x": "zip"}}, "x"),
        ({"task": "clustering"}, "task"), ({"positive": "maybe"}, "positive"), ({"drop": ["x"]}, "training"),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_named(options, field):
    inferred = infer(csv(x=draw.normal(size=N)), **{"output": "y"} | options)
    assert [question.field for question in inferred.questions] == [field]


@pytest.mark.parametrize("options", [{"drop": ["y"]}, {"time": "y"}, {"group": "y"}])
def test_the_output_is_nothing_else(options):
    [option] = options
    inferred = infer(csv(x=draw.normal(size=N)), output="y", **options)
    assert [question.field for question in inferred.questions] == [option]


def test_bounds_that_are_given_stand_in_place_of_the_wide_ones_end_by_end():
    cells = pd.DataFrame({"age": [18.5, 30.25, 60.75] * 9, "y": ["a", "b", "c"] * 9})
    [feature] = infer(cells, output="y", bounds={"age": [0, None]}).spec.features
    assert (feature.minimum, feature.maximum) == (0, 500.0)
    [feature] = infer(cells, output="y", bounds={"age": [None, 1e30]}).spec.features
    assert (feature.minimum, feature.maximum) == (-500.0, 1e30)
    [feature] = infer(cells, output="y", bounds={"age": [None, 10**38]}).spec.features
    assert isinstance(feature.maximum, float)


CORRECTED = pd.DataFrame(
    {
        "age": [18.5, 30.25, 60.75] * 9,
        "rooms": [1, 2, 44] * 9,
        "new": ["true", "false", "true"] * 9,
        "plan": ["a", "b", "c"] * 9,
        "y": ["a", "b", "c"] * 9,
    }
)


def test_gaps_and_examples_are_as_a_person_says():
    examples = {"age": 40, "rooms": "3", "new": "false", "plan": "c"}
    kinds = {"rooms": "int", "new": "bool"}
    found = infer(CORRECTED, output="y", kinds=kinds, required={"age": False}, examples=examples)
    assert found.questions == []
    told = {one.name: (one.example, one.required) for one in found.spec.features}
    assert told == {"age": (40.0, False), "rooms": (3, True), "new": (False, True), "plan": ("c", True)}
    assert isinstance(told["rooms"][0], int)


@pytest.mark.parametrize(
    "example", [{"rooms": 1.5}, {"new": "perhaps"}, {"age": True}, {"age": "1e99"}], ids=str
)
def test_an_example_that_is_no_value_of_its_column_is_named(example):
    found = infer(CORRECTED, output="y", kinds={"rooms": "int", "new": "bool"}, examples=example)
    assert [one.field for one in found.questions] == [*example]


@pytest.mark.parametrize(
    ("bounds", "field"), [({"town": [0, 1]}, "town"), ({"age": [2, 1]}, "age"), ({"no": [0, 1]}, "bounds")]
)
def test_bounds_of_what_has_none_are_refused(bounds, field):
    cells = pd.DataFrame(
        {"age": [18.5, 30.25, 60.75] * 9, "town": ["a", "b", "c"] * 9, "y": ["a", "b", "c"] * 9}
    )
    assert [one.field for one in infer(cells, output="y", bounds=bounds).questions] == [field]


@pytest.mark.parametrize("values", [CODES, CODES > 3, np.array(["a", "b"])[CODES % 2], CODES.astype(float)])
def test_a_typed_column_that_a_person_calls_a_category_is_one_that_can_be_registered(values):
    feature = only(typed(x=values), kinds={"x": "category"})
    assert (feature.kind, feature.dtype) == ("category", "")


def test_categories_that_the_file_declares_are_given_to_the_model_as_such():
    declared = pd.Categorical(np.array(["a", "b"])[CODES % 2])
    assert only(typed(x=declared), kinds={"x": "category"}).dtype == "category"
