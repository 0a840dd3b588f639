"""From cells to a signature: what is taken, and what is asked because both answers are possible."""

import io

import numpy as np
import pandas as pd
import pytest

from predictions.registry.inference import infer
from predictions.tables.reading import read_cells

N = 400
draw = np.random.default_rng(0)
LABEL = np.where(np.arange(N) % 2 == 0, "no", "yes")


def csv(**columns):
    frame = pd.DataFrame(columns).assign(y=LABEL)
    return read_cells(frame.to_csv(index=False).encode())


def typed(**columns):
    buffer = io.BytesIO()
    pd.DataFrame(columns).assign(y=LABEL).to_parquet(buffer)
    return read_cells(buffer.getvalue())


def only(cells, **options):
    """The one feature, or the choices of the one question."""
    inferred = infer(cells, output="y", **options)
    if inferred.questions:
        return [question.choices for question in inferred.questions]
    return inferred.spec.features[0]


def gaps(values):
    return pd.Series(values).where(pd.Series(np.arange(N) % 7 > 0))


ZIPS = [f"{value:05d}" for value in draw.integers(1000, 1060, N)]
CODES = draw.integers(1, 6, N)
DAYS = pd.date_range("2024-01-01", periods=N).strftime("%Y-%m-%d")


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


def test_each_answer_settles_the_question():
    for kind in ("int", "category", "text"):
        assert only(csv(x=CODES), kinds={"x": kind}).kind == kind
    assert only(csv(x=CODES), kinds={"x": "category"}).categories == ("1", "2", "3", "4", "5")
    assert only(csv(x=CODES, z=draw.normal(size=N)), drop=["x"]).name == "z"
    day = only(csv(x=DAYS), kinds={"x": "timestamp"})
    assert (day.kind, day.dtype, day.example) == ("timestamp", "datetime64[us]", "2024-07-19T00:00:00")


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


def test_bounds_that_are_given_stand_in_place_of_the_wide_ones_end_by_end():
    cells = pd.DataFrame({"age": [18.5, 30.25, 60.75] * 9, "y": ["a", "b", "c"] * 9})
    [feature] = infer(cells, output="y", bounds={"age": [0, None]}).spec.features
    assert (feature.minimum, feature.maximum) == (0, 500.0)
    [feature] = infer(cells, output="y", bounds={"age": [None, 1e30]}).spec.features
    assert (feature.minimum, feature.maximum) == (-500.0, 1e30)


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
