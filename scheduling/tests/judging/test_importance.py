"""How much the answers hang on each feature: of a served form, without labels."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from conftest import iris_spec
from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry.compiling import load_bytes
from predictions.registry.converting.conversion import convert
from scheduling.judging.importance import importance_by_feature
from scheduling.tests.checks.comparison.sliced_evidence import make_frame
from scheduling.tests.evidence_factory import read_csv


def test_a_forest_of_the_demo_uses_the_petals(forests):
    spec, frame = iris_spec(), read_csv("evaluation")
    loaded = load_bytes(forests["strong"][1].served_form, spec)
    importance = importance_by_feature(loaded, frame)
    assert sum(importance.values()) == pytest.approx(1)
    assert importance["petallength"] + importance["petalwidth"] > 0.7
    assert importance == importance_by_feature(loaded, frame)


def of_linear(coefficients, task="regression"):
    features = tuple(FeatureSpec(name=name, kind=Kind.FLOAT, example=1.0) for name in "ab")
    spec = SignatureSpec(task=task, output_name="y", labels=(), features=features)
    rows = pd.DataFrame({"a": range(100), "b": range(100)}).sample(frac=1, random_state=1).astype(float)
    model = LinearRegression().fit(rows[["a", "b"]], rows["a"])
    model.coef_[:] = coefficients
    return importance_by_feature(load_bytes(convert(model, spec), spec), rows)


def test_a_regression_is_measured_by_its_values():
    importance = of_linear([3.0, 1.0])
    assert importance["a"] == pytest.approx(0.75, abs=0.05)


def test_a_feature_that_is_not_used_has_none():
    assert of_linear([1.0, 0.0]) == {"a": 1.0, "b": 0.0}


def test_a_model_that_answers_always_the_same_uses_nothing():
    assert of_linear([0.0, 0.0]) == {"a": 0.0, "b": 0.0}


@pytest.mark.parametrize("labels", [("high", "low"), (False, True), (0, 1)])
def test_without_probabilities_it_is_measured_by_the_labels(labels):
    frame = make_frame(400, np.random.default_rng(1)).assign(height=np.arange(400) % 7.0)
    features = tuple(FeatureSpec(name=name, kind=Kind.FLOAT, example=1.0) for name in ("age", "height"))
    spec = SignatureSpec(task="classification", output_name="y", labels=labels, features=features)
    old = frame["age"] > frame["age"].median()
    model = make_pipeline(StandardScaler(), LinearSVC()).fit(
        frame[["age", "height"]], np.array(labels)[1 * old]
    )
    importance = importance_by_feature(load_bytes(convert(model, spec), spec), frame)
    assert sum(importance.values()) == pytest.approx(1)
    assert importance["age"] > 0.9


def test_text_is_shuffled_too():
    frame = make_frame(400, np.random.default_rng(1))
    features = (
        FeatureSpec(name="country", kind=Kind.TEXT, example="DE"),
        FeatureSpec(name="age", kind=Kind.FLOAT, example=30.0),
    )
    spec = SignatureSpec(task="classification", output_name="y", labels=(0, 1), features=features)
    encode = make_column_transformer((OneHotEncoder(), ["country"]), remainder="passthrough")
    model = make_pipeline(encode, LogisticRegression(max_iter=1000))
    model.fit(frame[["country", "age"]], (frame["country"] == "DE").astype(int))
    importance = importance_by_feature(load_bytes(convert(model, spec), spec), frame)
    assert importance["country"] > 0.9
