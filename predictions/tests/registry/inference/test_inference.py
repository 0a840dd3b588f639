"""From cells to a signature: what is taken, and what is asked because both answers are possible."""

import numpy as np
import pandas as pd
import pytest

from predictions.registry.inference import infer
from predictions.tests.registry.inference.tables import (
    CODES,
    DAYS,
    LABEL,
    ZIPS,
    N,
    csv,
    draw,
    gaps,
    only,
    typed,
)


@pytest.mark.parametrize(
    ("values", "kind", "required"),
    [
        (draw.normal(size=N), "float", True), (gaps(draw.normal(size=N)), "float", False),
        (draw.integers(18, 90, N), "int", True), (draw.poisson(0.6, N), "int", True),
        (draw.integers(0, 2, N), "int", True), (draw.random(N) < 0.5, "bool", True),
        (gaps(draw.random(N) < 0.5), "bool", False), (ZIPS, "text", True),
        (draw.choice(["a", "b"], N), "category", True), (gaps(draw.choice(["a", "b"], N)), "category", False),
        (draw.choice([f"t{i}" for i in range(90)], N), "text", True),
        ([f"this is a text of {i} words" for i in range(N)], "text", True),
        ([*draw.normal(size=N - 2), "NA", "?"], "float", False),
    ],
)  # fmt: skip
def test_kinds_and_gaps_of_a_csv_file(values, kind, required):
    feature = only(csv(x=values))
    assert (feature.kind, feature.required) == (kind, required)


@pytest.mark.parametrize(
    ("values", "choices"),
    [
        (CODES, ("int", "category", "drop")), (range(N), ("drop", "int")),
        ([f"c{i}" for i in range(N)], ("drop", "text")), (DAYS, ("timestamp", "text", "drop")),
        (["31.12.2024"] * N, ("text", "drop")), ([f"{i % 90},5" for i in range(N)], ("text", "drop")),
        ([f"{i % 90},500.25" for i in range(N)], ("text", "drop")),
        ([2**60 + i % 50 for i in range(N)], ("text", "drop")),
        ([*draw.normal(size=N - 3), "x", "y", "z"], ("float", "text", "drop")),
        ([None] * N, ("drop", "float", "text")),
    ],
)  # fmt: skip
def test_what_the_cells_do_not_say_is_asked(values, choices):
    assert only(csv(x=values, z=draw.normal(size=N))) == [choices]


def test_a_question_names_the_first_row_and_how_many():
    cells = csv(x=[*np.arange(N - 2) + 0.5, "oops", "ouch"])
    message = infer(cells, output="y").questions[0].message
    assert f"2 of {N}" in message
    assert f"row {N}" in message
    assert "oops" not in message


@pytest.mark.parametrize(
    ("values", "kind", "dtype"),
    [
        (CODES, "int", ""), (draw.normal(size=N), "float", ""), (draw.random(N) < 0.5, "bool", ""),
        (gaps(CODES).astype("Int64"), "int", ""), (gaps(draw.random(N) < 0.5).astype("boolean"), "bool", ""),
        (pd.Categorical(draw.choice(["b", "a"], N), ["b", "a"]), "category", "category"),
        (pd.date_range("2024-01-01", periods=N, freq="h", tz="Europe/Berlin", unit="us"), "timestamp",
         "datetime64[us, Europe/Berlin]"),
        (pd.date_range("2024-01-01", periods=N, unit="ns"), "timestamp", "datetime64[ns]"),
    ],
)  # fmt: skip
def test_the_types_of_a_parquet_file_are_taken(values, kind, dtype):
    feature = only(typed(x=values))
    assert (feature.kind, feature.dtype) == (kind, dtype)


def test_too_many_columns_are_told_before_any_is_looked_at(monkeypatch):
    monkeypatch.setattr("predictions.registry.inference.look_at", None)
    cells = pd.DataFrame(np.zeros((N, 2001))).rename(columns=str).assign(y=LABEL)
    assert [question.field for question in infer(cells, output="y").questions] == ["training"]


def test_an_output_that_replies_cannot_name_is_refused_and_a_feature_of_that_name_is_not():
    cells = csv(model=draw.normal(size=N))
    assert [question.field for question in infer(cells, output="model").questions] == ["output"]
    assert infer(cells, output="y").spec.names == ("model",)


def test_columns_of_time_and_group_are_no_features():
    cells = csv(when=DAYS, who=[f"c{i // 4}" for i in range(N)], x=draw.normal(size=N))
    inferred = infer(cells, output="y", time="when", group="who")
    assert (inferred.spec.names, inferred.questions) == (("x",), [])


def test_bounds_are_wide_and_the_example_is_usual():
    feature = only(csv(x=np.linspace(4.3, 7.9, N)))
    assert feature.minimum <= -30
    assert feature.maximum >= 43
    assert 4.3 < feature.example < 7.9
    assert only(csv(x=[f"n{i % 150}" for i in range(N)])).example == "text"  # no text that one person has


def passengers():
    """A table like the passengers of the Titanic: what is asked there is asked of a person too."""
    ages = pd.Series(draw.integers(1, 80, N)).where(pd.Series(draw.random(N) > 0.2))
    cabins = pd.Series([f"C{i % 140}" for i in range(N)]).where(pd.Series(draw.random(N) > 0.77))
    return csv(
        PassengerId=range(1, N + 1), Survived=draw.integers(0, 2, N), Pclass=draw.integers(1, 4, N),
        Name=[f"Braund, Mr. Owen {i}" for i in range(N)], Sex=draw.choice(["male", "female"], N), Age=ages,
        SibSp=draw.poisson(0.5, N), Parch=draw.poisson(0.4, N),
        Ticket=[f"PC 17{i % 350:03d}" for i in range(N)],
        Fare=draw.gamma(2, 15, N).round(4), Cabin=cabins, Embarked=draw.choice(["S", "C", "Q"], N),
    ).drop(columns="y")  # fmt: skip


def test_a_usual_table_raises_few_questions():
    cells = passengers()
    asked = {question.field for question in infer(cells, output="Survived").questions}
    assert asked == {"PassengerId", "Pclass", "Name", "Ticket"}
    drop, kinds = ["PassengerId", "Name", "Ticket"], {"Pclass": "category"}
    inferred = infer(cells, output="Survived", drop=drop, kinds=kinds)
    assert inferred.questions == []
    assert {one.name: (str(one.kind), one.required) for one in inferred.spec.features} == {
        "Pclass": ("category", True), "Sex": ("category", True), "Age": ("float", False),
        "SibSp": ("int", True),
        "Parch": ("int", True), "Fare": ("float", True), "Cabin": ("text", False),
        "Embarked": ("category", True),
    }  # fmt: skip
    assert inferred.spec.labels == (0, 1)


def test_gaps_and_categories_of_the_evaluation_file_are_allowed_too():
    cells = csv(x=draw.choice(["a", "b"], N), z=draw.normal(size=N))
    other = csv(x=draw.choice(["a", "c"], N), z=gaps(draw.normal(size=N)))
    x, z = infer(cells, output="y", also=other).spec.features
    assert (x.categories, z.required) == (("a", "b", "c"), False)


def test_cells_of_the_evaluation_file_that_are_no_numbers_are_asked_about_too():
    cells, other = csv(x=draw.normal(size=N)), csv(x=[*draw.normal(size=N - 2), "oops", "NA"])
    [question] = infer(cells, output="y", also=other).questions
    assert (question.field, question.choices) == ("x", ("float", "text", "drop"))
    assert f"row {N}," in question.message
    inferred = infer(cells, output="y", also=other, kinds={"x": "float"})
    assert (inferred.questions, inferred.spec.features[0].required) == ([], False)
    assert any(note.startswith("x: 1 of 400 cells") for note in inferred.notes)


def test_whole_numbers_are_floats_where_the_evaluation_file_has_fractions():
    cells, other = csv(x=draw.integers(18, 90, N)), csv(x=draw.normal(size=N))
    assert only(cells, also=other).kind == "float"


@pytest.mark.parametrize("signs", ["${}", "{} €", "{}%"])
def test_numbers_with_a_sign_are_told(signs):
    values = [signs.format(f"{value:,.2f}") for value in draw.normal(scale=1e4, size=N)]
    [question] = infer(csv(x=values), output="y").questions
    assert (question.choices, "row 2," in question.message) == (("text", "drop"), True)


def test_an_infinite_number_is_no_value():
    assert only(csv(x=["1e400", *draw.normal(size=N - 1)])) == [("float", "text", "drop")]
    inferred = infer(typed(x=[np.inf, *draw.normal(size=N - 1)]), output="y")
    [feature] = inferred.spec.features
    assert (feature.required, feature.maximum < 1000) == (False, True)
    assert "x: 1 infinite value, counted as missing." in inferred.notes
    usual, other = typed(x=draw.normal(size=N)), typed(x=[*draw.normal(size=N - 1), np.inf])
    inferred = infer(usual, output="y", also=other)
    assert (inferred.questions, inferred.spec.features[0].required) == ([], False)
