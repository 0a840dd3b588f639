"""Whether the sets can be trusted: each thing that can be wrong with them, by name."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from conftest import iris_spec
from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from scheduling.checks.data_quality import DataQuality
from scheduling.evidence.outcomes import Level
from scheduling.tests.evidence_factory import ask, make_evidence, read_csv

LIMITS = {
    "max_missing_share": 0.0, "min_class_balance": 0.1, "min_constant_probability": 0.001,
    "range_tolerance": 0.5, "max_duplicate_share": 0.1, "max_contradicting_share": 0.05,
}  # fmt: skip
CLEAN = {"missing_share": 0.0, "smallest_class_share": pytest.approx(1 / 3), "contradicting_rows": 0}


def run(forests, change=lambda frame: None, *, check=None, **changes):
    frame = read_csv("evaluation")
    changed = change(frame)
    frame = frame if changed is None else changed
    return ask(check or DataQuality(), make_evidence(forests, **{"frame": frame} | changes))


def put(column, rows, value):
    def change(frame):
        frame.loc[rows, column] = value

    return change


def found(outcome):
    """What is told of, in order: set, column, and in how many rows."""
    return [(one["dataset"], one["column"], one["count"]) for one in outcome.details["findings"]]


def shown(outcome):
    """The rows and values of the first thing that is told of."""
    return outcome.details["findings"][0]["examples"]


def test_it_passes_the_fixture_and_says_how_close_it_was(forests):
    outcome = run(forests)
    assert outcome.level is Level.PASS
    assert outcome.measured == {
        "evaluation": CLEAN | {"rows": 45, "smallest_class_rows": 15, "duplicate_rows": 0},
        "training": CLEAN | {"rows": 105, "smallest_class_rows": 35, "duplicate_rows": 1},
    }
    assert outcome.limit == LIMITS


def test_it_fails_missing_values_and_names_the_column(forests):
    outcome = run(forests, put("petalwidth", [3, 7], np.nan))
    assert outcome.level is Level.FAIL
    assert found(outcome) == [("evaluation", "petalwidth", 2)]
    assert "2 of 45" in outcome.message
    assert shown(outcome) == ["row 3", "row 7"]
    assert outcome.measured["evaluation"]["missing_share"] == pytest.approx(2 / 45)
    assert outcome.details["missing_share"] == {"evaluation": {"petalwidth": 2 / 45}, "training": {}}
    assert outcome.limit == LIMITS


def test_a_boolean_is_true_or_false(forests):
    spec = spec_with(FeatureSpec(name="petalwidth", kind=Kind.BOOL))

    def booleans(frame):
        frame["petalwidth"] = [0.0, 1.0, *[1.0] * 43]

    training = read_csv("training").assign(petalwidth=[0.0, 1.0, *[1.0] * 103])
    assert run(forests, booleans, spec=spec, training=training).level is Level.PASS
    outcome = run(forests, spec=spec, training=training)
    assert outcome.level is Level.FAIL
    assert ("evaluation", "petalwidth", 43) in found(outcome)


def test_it_lets_as_many_values_be_missing_as_the_limit_says(forests):
    check = DataQuality().with_limits({"max_missing_share": 0.1})
    assert run(forests, put("petalwidth", range(4), np.nan), check=check).level is Level.PASS
    assert run(forests, put("petalwidth", range(5), np.nan), check=check).level is Level.FAIL


def test_a_feature_that_is_not_required_may_be_missing(forests):
    spec = spec_with(FeatureSpec(name="petalwidth", kind=Kind.FLOAT, required=False))
    assert run(forests, put("petalwidth", [3], np.nan), spec=spec).level is Level.PASS


def test_it_fails_a_label_outside_the_signature_and_shows_where(forests):
    outcome = run(forests, put("species", [4], 7))
    assert outcome.level is Level.FAIL
    assert found(outcome) == [("evaluation", "species", 1)]
    assert shown(outcome) == ["row 4: 7"]


def test_a_row_without_a_label_is_left_out_and_told(forests):
    outcome = run(forests, put("species", [4], np.nan))
    assert outcome.level is Level.WARN
    assert found(outcome) == [("evaluation", "species", 1)]
    assert shown(outcome) == ["row 4"]


def test_it_fails_a_column_that_never_changes_though_it_did_in_training(forests):
    outcome = run(forests, put("sepalwidth", slice(None), 3.0))
    assert (outcome.level, found(outcome)) == (Level.FAIL, [("evaluation", "sepalwidth", 45)])
    assert shown(outcome) == ["3.0"]


@pytest.mark.parametrize(
    ("training", "level", "sets"),
    [
        ([3.0] * 105, Level.WARN, ["training", "evaluation"]),
        ([3.0] * 104 + [2.0], Level.WARN, ["evaluation"]),
        ([3.0] * 53 + [2.0] * 52, Level.FAIL, ["evaluation"]),
        ([2.0] * 105, Level.FAIL, ["evaluation", "training"]),
    ],
)
def test_a_column_that_hardly_ever_changes_may_be_constant(forests, training, level, sets):
    spec = spec_with(FeatureSpec(name="sepalwidth", kind=Kind.FLOAT, minimum=0.0, maximum=9.0))
    trained_on = read_csv("training").assign(sepalwidth=training)
    outcome = run(forests, put("sepalwidth", slice(None), 3.0), training=trained_on, spec=spec)
    assert (outcome.level, [name for name, *_ in found(outcome)]) == (level, sets)


def test_a_column_that_is_always_missing_is_constant(forests):
    spec = spec_with(FeatureSpec(name="petalwidth", kind=Kind.FLOAT, required=False))
    outcome = run(forests, put("petalwidth", slice(None), np.nan), spec=spec)
    assert (outcome.level, found(outcome)) == (Level.FAIL, [("evaluation", "petalwidth", 45)])
    assert shown(outcome) == []


def test_it_fails_values_outside_the_signatures_bounds_and_shows_the_first_five(forests):
    outcome = run(forests, put("sepallength", range(7), -1.0))
    assert outcome.level is Level.FAIL
    assert "7 of 45" in outcome.message
    assert "greater than 0" in outcome.message  # the limit, and not the name that pandera has for it
    assert "greater_than" not in outcome.message
    assert found(outcome) == [("evaluation", "sepallength", 7)]
    assert shown(outcome) == [f"row {row}: -1.0" for row in range(5)]


def test_rows_and_values_are_in_no_message(forests):
    outcome = run(forests, put("sepallength", [3], -777.25))
    assert "row 3: -777.25" in shown(outcome)
    for public in (outcome.message, outcome.measured, outcome.limit):
        assert "777" not in str(public)
        assert "row 3" not in str(public)


def test_of_a_redacted_feature_they_are_nowhere(forests):
    outcome = run(forests, put("sepallength", [3], -777.25), redacted=frozenset({"sepallength"}))
    assert (outcome.level, found(outcome)) == (Level.FAIL, [("evaluation", "sepallength", 1)])
    assert shown(outcome) is None
    assert "777" not in str(replace(outcome, seconds=0.0))  # whose digits are any


def test_it_fails_a_value_over_the_maximum(forests):
    spec = spec_with(FeatureSpec(name="petalwidth", kind=Kind.FLOAT, minimum=0.0, maximum=2.0))
    outcome = run(forests, spec=spec)
    assert outcome.level is Level.FAIL
    assert found(outcome) == [("evaluation", "petalwidth", 5), ("training", "petalwidth", 18)]


@pytest.mark.parametrize("value", [-np.inf, np.inf])
def test_it_fails_a_value_that_no_model_can_compute_with(forests, value):
    outcome = run(forests, put("sepallength", [3], value))
    assert outcome.level is Level.FAIL
    assert "finite" in outcome.message
    assert shown(outcome) == [f"row 3: {value}"]


def test_it_fails_a_category_that_the_signature_lacks(forests):
    spec = spec_with(FeatureSpec(name="petalwidth", kind=Kind.CATEGORY, categories=("thin", "wide")))

    def change(frame):
        words = np.where(frame["petalwidth"] > 1, "wide", "thin").astype(object)
        words[5] = "huge"
        return frame.assign(petalwidth=words)

    training = read_csv("training").assign(petalwidth="wide")
    outcome = run(forests, change, spec=spec, training=training.astype({"petalwidth": object}))
    assert outcome.level is Level.FAIL
    assert "row 5: huge" in shown(outcome)


def test_it_tells_of_copies(forests):
    outcome = run(forests, lambda frame: frame.iloc[[*[0] * 6, *range(45)]].reset_index(drop=True))
    assert outcome.measured["evaluation"]["duplicate_rows"] == 6
    assert outcome.level is Level.WARN
    assert found(outcome) == [("evaluation", "table", 6)]
    assert shown(outcome) == [f"row {row}" for row in range(1, 6)]


def test_a_few_copies_are_measured_only(forests):
    outcome = run(forests, lambda frame: frame.iloc[[0, 0, *range(45)]].reset_index(drop=True))
    assert (outcome.level, outcome.measured["evaluation"]["duplicate_rows"]) == (Level.PASS, 2)


def test_it_tells_of_rows_that_contradict_each_other(forests):
    def change(frame):
        twins = frame.iloc[:3].assign(species=(frame["species"].iloc[:3] + 1) % 3)
        return pd.concat([frame, twins]).reset_index(drop=True)

    outcome = run(forests, change)
    assert (outcome.level, outcome.measured["evaluation"]["contradicting_rows"]) == (Level.WARN, 6)
    assert found(outcome) == [("evaluation", "table", 6)]
    assert shown(outcome)[:3] == ["row 0", "row 1", "row 2"]


def test_values_of_a_regression_do_not_contradict_each_other(forests):
    spec = iris_spec()
    spec = SignatureSpec(task="regression", output_name="species", labels=(), features=spec.features)
    twins = pd.concat([read_csv("evaluation")] * 2).reset_index(drop=True)
    twins["species"] = np.arange(90) / 7
    outcome = run(forests, frame=twins, training=twins, spec=spec)
    assert (outcome.level, outcome.measured["training"]["contradicting_rows"]) == (Level.PASS, 0)


def test_it_tells_of_values_far_outside_of_those_of_training(forests):
    outcome = run(forests, put("petallength", [7], 12.0))
    assert outcome.level is Level.WARN
    assert found(outcome) == [("evaluation", "petallength", 1)]
    assert shown(outcome) == ["accepted: -inf to 9.8", "row 7: 12.0"]
    check = DataQuality(range_tolerance=2.0)
    assert run(forests, put("petallength", [7], 12.0), check=check).level is Level.PASS


def test_where_the_signature_has_a_bound_training_has_none(forests):
    spec = spec_with(FeatureSpec(name="petallength", kind=Kind.FLOAT, minimum=0.0, maximum=20.0))
    assert run(forests, put("petallength", [7], 12.0), spec=spec).level is Level.PASS


def test_it_tells_of_a_text_that_training_never_saw(forests):
    spec = spec_with(FeatureSpec(name="petalwidth", kind=Kind.TEXT))
    words = {"petalwidth": ["thin", "wide"] * 52 + ["wide"]}
    training = read_csv("training").assign(**words).astype({"petalwidth": object})
    evaluation = read_csv("evaluation").assign(petalwidth=["thin", "wide", None] * 15)
    evaluation.loc[4, "petalwidth"] = "huge"
    outcome = run(
        forests, frame=evaluation, training=training, spec=spec, check=DataQuality(max_missing_share=0.5)
    )
    assert outcome.level is Level.WARN
    assert found(outcome) == [("evaluation", "petalwidth", 1)]
    assert shown(outcome) == ["row 4: huge"]


def test_free_text_is_new_in_every_row_and_no_warning(forests):
    spec = spec_with(FeatureSpec(name="petalwidth", kind=Kind.TEXT))
    training, evaluation = (
        frame.assign(petalwidth=[f"{role} {row}" for row in range(len(frame))])
        for role, frame in ((role, read_csv(role)) for role in ("training", "evaluation"))
    )
    assert run(forests, frame=evaluation, training=training, spec=spec).level is Level.PASS


def test_the_training_set_is_asked_the_same(forests):
    training = read_csv("training")
    training.loc[3, "sepallength"] = -1.0
    training.loc[4, "species"] = 9
    training.loc[5, "petalwidth"] = np.nan
    outcome = run(forests, training=training)
    assert outcome.level is Level.FAIL
    columns = ("sepallength", "species", "petalwidth")
    assert sorted(found(outcome)) == sorted(("training", column, 1) for column in columns)


def test_what_fails_is_said_before_what_is_only_told(forests):
    def change(frame):
        frame.loc[0, "petallength"] = 90.0
        frame.loc[1, "sepallength"] = -1.0
        return frame

    outcome = run(forests, change)
    assert outcome.message.index("sepallength") < outcome.message.index("petallength")
    assert [one["fails"] for one in outcome.details["findings"]] == [True, False]


def test_columns_in_another_order_or_too_many_are_told(forests):
    outcome = run(forests, lambda frame: frame[[*frame.columns[::-1]]])
    assert outcome.level is Level.FAIL
    assert found(outcome)[0] == ("evaluation", "table", 1)


def test_it_fails_a_class_that_is_nearly_absent(forests):
    outcome = run(forests, lambda frame: keep_of_last_class(frame, rows=1))
    assert outcome.level is Level.FAIL
    assert found(outcome) == [("evaluation", "species", 1)]
    assert all(said in outcome.message for said in ("label 2", "1 of 31", "0.033"))
    assert outcome.measured["evaluation"]["smallest_class_share"] == pytest.approx(1 / 31)


def test_it_fails_a_class_that_is_absent(forests):
    outcome = run(forests, lambda frame: keep_of_last_class(frame, rows=0))
    assert outcome.level is Level.FAIL
    assert found(outcome) == [("evaluation", "species", 0)]
    assert all(said in outcome.message for said in ("label 2", "0 of 30", "0.033"))


def test_the_share_of_an_absent_class_is_measured_as_zero(forests):
    outcome = run(forests, lambda frame: keep_of_last_class(frame, rows=0))
    assert outcome.measured["evaluation"]["smallest_class_share"] == 0.0


def test_every_problem_is_named_at_once(forests):
    def change(frame):
        frame.loc[0, "sepallength"] = -1.0
        frame.loc[1, "species"] = 9
        frame["petalwidth"] = 1.0
        return frame.iloc[:20]

    training = read_csv("training").assign(species=7)
    outcome = run(forests, change, training=training)
    told = {(dataset, column) for dataset, column, _ in found(outcome)}
    assert told >= {
        ("evaluation", "sepallength"), ("evaluation", "species"), ("evaluation", "petalwidth"),
        ("training", "species"),
    }  # fmt: skip
    for said in ("sepallength", "species", "petalwidth"):
        assert said in outcome.message


def test_an_empty_set_is_no_pass(forests):
    outcome = run(forests, lambda frame: frame.iloc[:0])
    assert outcome.level is Level.FAIL
    assert outcome.storable().measured["evaluation"]["missing_share"] is None


def keep_of_last_class(frame, *, rows):
    """All rows of the other classes, and some of this one."""
    last = frame[frame["species"] == 2].index
    return frame.drop(last[rows:])


def spec_with(feature):
    """The signature of the fixture with another feature of this name."""
    spec = iris_spec()
    features = tuple(feature if one.name == feature.name else one for one in spec.features)
    return SignatureSpec(task=spec.task, output_name=spec.output_name, labels=spec.labels, features=features)
