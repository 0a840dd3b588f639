"""What the label column says: the task, its labels, and what may be a slip."""

import numpy as np
import pandas as pd
import pytest

from predictions.registry.inference import infer
from predictions.tests.registry.inference.tables import (
    LABEL,
    N,
    csv,
    draw,
    typed,
)


@pytest.mark.parametrize(
    ("labels", "task", "found"),
    [
        (LABEL, "classification", ("no", "yes")), (np.arange(N) % 2, "classification", (0, 1)),
        (np.arange(N) % 2 == 0, "classification", (False, True)), (draw.normal(size=N), "regression", ()),
        (np.arange(N), "regression", ()),
        (np.where(np.arange(N) % 2, 0.5, 1.5), "classification", (0.5, 1.5)),
        (np.where(np.arange(N) % 2, "01", "1"), "classification", ("01", "1")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("make", [csv, typed])
def test_the_label_column_says_the_task(labels, task, found, make):
    spec = infer(make(x=draw.normal(size=N)).assign(y=make(l=labels)["l"]), output="y").spec
    assert (spec.task, spec.labels) == (task, found)
    assert [type(label) for label in spec.labels] == [type(label) for label in found]


def test_truth_values_that_a_file_declares_as_text_are_text():
    labels = np.where(np.arange(N) % 2, "True", "False")
    assert infer(csv(x=draw.normal(size=N), l=labels), output="l").spec.labels == (False, True)
    cells = typed(x=draw.normal(size=N), l=labels)
    assert infer(cells, output="l").spec.labels == ("False", "True")


def test_labels_that_are_too_large_to_tell_apart_are_refused():
    labels = 2**53 + np.arange(N) % 2
    for make in (csv, typed):
        [question] = infer(make(x=draw.normal(size=N), l=labels), output="l", task="classification").questions
        assert question.field == "l"


def test_few_numbers_as_labels_are_asked_about():
    cells = csv(x=draw.normal(size=N)).assign(y=csv(l=np.arange(N) % 5)["l"])
    (question,) = infer(cells, output="y").questions
    assert (question.field, question.choices) == ("task", ("classification", "regression"))
    assert infer(cells, output="y", task="classification").spec.labels == (0, 1, 2, 3, 4)
    assert infer(cells, output="y", task="regression").spec.task == "regression"


@pytest.mark.parametrize(
    "labels", [["a"] * N, ["a", "b", "a", *[None] * (N - 3)], [f"l{i}" for i in range(N)]]
)
def test_labels_from_which_nothing_can_be_learned_are_told(labels):
    cells = csv(x=draw.normal(size=N)).assign(y=pd.Series(labels, dtype="object"))
    assert [question.field for question in infer(cells, output="y").questions] == ["y"]


def test_rows_without_a_label_are_counted():
    cells = csv(x=draw.normal(size=N))
    cells.loc[3, "y"] = np.nan
    inferred = infer(cells, output="y")
    assert not inferred.questions
    assert any("1 of 400 rows, the first is row 5" in note for note in inferred.notes)


@pytest.mark.parametrize(("label", "row"), [("YES", 4), (" yes", 4), ("nan", 4), ("N/A", 4), ("maybe", 0)])
def test_labels_that_may_be_slips_are_told_with_their_row(label, row):
    cells = csv(x=draw.normal(size=N))
    cells.loc[2, "y"] = label
    inferred = infer(cells, output="y")
    assert label in inferred.spec.labels
    assert any(f"“{label}” (first in row {row})" in note for note in inferred.notes) == bool(row)


def test_a_label_of_blanks_is_none():
    cells = csv(x=draw.normal(size=N))
    cells.loc[2, "y"] = "  "
    assert "row 4" in infer(cells, output="y").questions[0].message
