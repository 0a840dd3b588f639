"""Whether the sets can be trusted: each thing that can be wrong with them, by name."""

from dataclasses import replace

import numpy as np
import pytest

from predictions.contract.fields import FeatureSpec, Kind
from scheduling.checks.data_quality import DataQuality
from scheduling.evidence.outcomes import Level
from scheduling.tests.checks.data_quality.checked import (
    CLEAN,
    LIMITS,
    found,
    put,
    run,
    shown,
    spec_with,
)
from scheduling.tests.evidence_factory import read_csv


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


def test_it_lets_as_many_values_be_missing_as_the_limit_says(forests):
    check = DataQuality().with_limits({"max_missing_share": 0.1})
    assert run(forests, put("petalwidth", range(4), np.nan), check=check).level is Level.PASS
    assert run(forests, put("petalwidth", range(5), np.nan), check=check).level is Level.FAIL


def test_a_feature_that_is_not_required_may_be_missing(forests):
    spec = spec_with(FeatureSpec(name="petalwidth", kind=Kind.FLOAT, required=False))
    assert run(forests, put("petalwidth", [3], np.nan), spec=spec).level is Level.PASS


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
