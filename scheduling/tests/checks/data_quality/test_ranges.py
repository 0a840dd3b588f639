"""Whether the sets can be trusted: values that the signature refuses, or that training never saw."""

import numpy as np
import pytest

from predictions.contract.fields import FeatureSpec, Kind
from scheduling.checks.data_quality import DataQuality
from scheduling.evidence.outcomes import Level
from scheduling.tests.checks.data_quality.checked import found, put, run, shown, spec_with
from scheduling.tests.evidence_factory import read_csv


def test_a_boolean_is_true_or_false(forests):
    spec = spec_with(FeatureSpec(name="petalwidth", kind=Kind.BOOL))

    def booleans(frame):
        frame["petalwidth"] = [0.0, 1.0, *[1.0] * 43]

    training = read_csv("training").assign(petalwidth=[0.0, 1.0, *[1.0] * 103])
    assert run(forests, booleans, spec=spec, training=training).level is Level.PASS
    outcome = run(forests, spec=spec, training=training)
    assert outcome.level is Level.FAIL
    assert ("evaluation", "petalwidth", 43) in found(outcome)


def test_it_fails_values_outside_the_signatures_bounds_and_shows_the_first_five(forests):
    outcome = run(forests, put("sepallength", range(7), -1.0))
    assert outcome.level is Level.FAIL
    assert "7 of 45" in outcome.message
    assert "greater than 0" in outcome.message  # the limit, and not the name that pandera has for it
    assert "greater_than" not in outcome.message
    assert found(outcome) == [("evaluation", "sepallength", 7)]
    assert shown(outcome) == [f"row {row}: -1.0" for row in range(5)]


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
