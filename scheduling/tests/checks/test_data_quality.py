"""Whether the evaluation set can judge anything: each thing that can be wrong with it, by name."""

import numpy as np
import pytest

from conftest import iris_spec
from predictions.feature import FeatureSpec, Kind
from predictions.signature import SignatureSpec
from scheduling.checks.data_quality import DataQuality
from scheduling.outcomes import Level
from scheduling.tests.evidence_factory import make_evidence, read_csv

LIMITS = {
    "min_rows": 30, "max_missing_share": 0.0, "min_class_share": 0.05, "max_constant_features": 0,
}  # fmt: skip


def run(forests, change=lambda frame: None, *, check=None, **changes):
    frame = read_csv("evaluation")
    changed = change(frame)
    frame = frame if changed is None else changed
    return (check or DataQuality()).run(make_evidence(forests, **{"frame": frame} | changes))


def put(column, rows, value):
    def change(frame):
        frame.loc[rows, column] = value

    return change


def test_it_passes_the_fixture_and_says_how_close_it_was(forests):
    outcome = run(forests)
    assert outcome.level is Level.PASS
    assert outcome.message == "45 rows, 4 features: as the signature says"
    assert outcome.measured == {
        "rows": 45,
        "missing_share": 0.0,
        "smallest_class_share": pytest.approx(15 / 45),
        "duplicate_rows": 0,
        "constant_features": 0,
    }
    assert outcome.limit == LIMITS


def test_it_fails_missing_values_and_names_the_column(forests):
    outcome = run(forests, put("petalwidth", [3, 7], np.nan))
    assert outcome.level is Level.FAIL
    assert outcome.message == "petalwidth: missing values"
    assert outcome.measured["missing_share"] == pytest.approx(2 / 45)
    assert outcome.limit == LIMITS


def test_it_lets_as_many_features_be_constant_as_the_limit_says(forests):
    def constant(frame):
        frame[["sepalwidth", "petalwidth"]] = 1.0

    for most, level in ((1, Level.FAIL), (2, Level.PASS)):
        check = DataQuality().with_limits({"max_constant_features": most})
        outcome = run(forests, constant, check=check)
        assert (outcome.level, outcome.measured["constant_features"]) == (level, 2)


def test_a_boolean_is_true_or_false(forests):
    spec = spec_with(FeatureSpec(name="petalwidth", kind=Kind.BOOL))

    def booleans(frame):
        frame["petalwidth"] = [0.0, 1.0, *[1.0] * 43]

    assert run(forests, booleans, spec=spec).level is Level.PASS
    outcome = run(forests, spec=spec)
    assert (outcome.level, "petalwidth: neither true nor false" in outcome.message) == (Level.FAIL, True)


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
    assert outcome.message == "species: a label outside the signature (row 4: 7)"


def test_it_fails_a_row_without_a_label(forests):
    outcome = run(forests, put("species", [4], np.nan))
    assert outcome.level is Level.FAIL
    assert outcome.message.startswith("species: ")
    assert "row 4" in outcome.message


def test_it_fails_a_column_that_never_changes(forests):
    outcome = run(forests, put("sepalwidth", slice(None), 3.0))
    assert (outcome.level, outcome.message) == (Level.FAIL, "sepalwidth: zero variance")


def test_it_fails_values_outside_the_signatures_bounds_and_shows_the_first_five(forests):
    outcome = run(forests, put("sepallength", range(7), -1.0))
    assert outcome.level is Level.FAIL
    assert outcome.message.startswith("sepallength: greater_than(0.0) (row 0: -1.0, row 1: -1.0,")
    assert outcome.message.endswith("row 4: -1.0 and 2 more)")


def test_it_fails_a_value_over_the_maximum(forests):
    spec = spec_with(FeatureSpec(name="petalwidth", kind=Kind.FLOAT, minimum=0.0, maximum=2.0))
    outcome = run(forests, spec=spec)
    assert outcome.level is Level.FAIL
    assert "petalwidth: less_than_or_equal_to(2.0)" in outcome.message


@pytest.mark.parametrize("value", [1e300, np.inf])
def test_it_fails_a_value_that_no_model_can_compute_with(forests, value):
    outcome = run(forests, put("sepallength", [3], value))
    assert outcome.level is Level.FAIL
    assert outcome.message.startswith("sepallength: beyond 32-bit floating point (row 3: ")


def test_it_fails_a_category_that_the_signature_lacks(forests):
    spec = spec_with(FeatureSpec(name="petalwidth", kind=Kind.TEXT, categories=("thin", "wide")))

    def change(frame):
        words = np.where(frame["petalwidth"] > 1, "wide", "thin").astype(object)
        words[5] = "huge"
        return frame.assign(petalwidth=words)

    outcome = run(forests, change, spec=spec)
    assert outcome.level is Level.FAIL
    assert "row 5: huge" in outcome.message


def test_it_fails_too_few_rows(forests):
    outcome = run(forests, lambda frame: frame.iloc[::3].reset_index(drop=True))
    assert outcome.level is Level.FAIL
    assert outcome.message == "table: fewer rows than min_rows"
    assert outcome.measured["rows"] == 15
    assert run(forests, check=DataQuality(min_rows=45)).level is Level.PASS
    assert run(forests, check=DataQuality(min_rows=46)).level is Level.FAIL


def test_it_counts_rows_that_are_there_twice(forests):
    outcome = run(forests, lambda frame: frame.iloc[[0, 0, *range(45)]].reset_index(drop=True))
    assert outcome.measured["duplicate_rows"] == 2


def test_it_fails_a_class_that_is_nearly_absent(forests):
    outcome = run(forests, lambda frame: keep_of_last_class(frame, rows=1))
    assert outcome.level is Level.FAIL
    assert outcome.message == "species: a class under min_class_share"
    assert outcome.measured["smallest_class_share"] == pytest.approx(1 / 31)


def test_it_fails_a_class_that_is_absent(forests):
    outcome = run(forests, lambda frame: keep_of_last_class(frame, rows=0))
    assert outcome.level is Level.FAIL
    assert outcome.message == "species: a class under min_class_share"


def test_the_share_of_an_absent_class_is_measured_as_zero(forests):
    outcome = run(forests, lambda frame: keep_of_last_class(frame, rows=0))
    assert outcome.measured["smallest_class_share"] == 0.0


def test_every_problem_is_named_at_once(forests):
    def change(frame):
        frame.loc[0, "sepallength"] = -1.0
        frame.loc[1, "species"] = 9
        frame["petalwidth"] = 1.0
        return frame.iloc[:20]

    message = run(forests, change).message
    for said in ("sepallength: ", "species: a label", "petalwidth: zero variance", "table: fewer rows"):
        assert said in message


def test_an_empty_set_is_no_pass(forests):
    outcome = run(forests, lambda frame: frame.iloc[:0])
    assert outcome.level is Level.FAIL
    assert outcome.storable().measured["missing_share"] is None


def keep_of_last_class(frame, *, rows):
    """All rows of the other classes, and some of this one."""
    last = frame[frame["species"] == 2].index
    return frame.drop(last[rows:])


def spec_with(feature):
    """The signature of the fixture with another feature of this name."""
    spec = iris_spec()
    features = tuple(feature if one.name == feature.name else one for one in spec.features)
    return SignatureSpec(task=spec.task, output_name=spec.output_name, labels=spec.labels, features=features)
