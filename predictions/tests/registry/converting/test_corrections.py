"""Each correction round skl2onnx: what it makes right, and that skl2onnx alone still does not.

Where the second part of a test fails after an upgrade, the correction has become needless: take it out.
"""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.svm import SVR, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from predictions.registry.compiling import compile_and_prove, load_bytes
from predictions.registry.refusals import NotCompilable
from predictions.tests.registry.converting.conversions import (
    alone,
    compiled,
    fitted,
    put_theirs_back,
    spec_of,
    table,
)


def town(*steps):
    return make_column_transformer((make_pipeline(*steps), ["town"]), remainder="passthrough")


def voting():
    parts = [("a", LogisticRegression()), ("b", DecisionTreeClassifier(max_depth=3))]
    return VotingClassifier(parts, voting="soft")


HOT = OneHotEncoder(handle_unknown="ignore")
ORDINAL = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
WORDS = make_column_transformer((TfidfVectorizer(), "town"))
HIST, COUNTS = (
    HistGradientBoostingClassifier(max_iter=5),
    HistGradientBoostingRegressor(loss="poisson", max_iter=5),
)
TUNED = TunedThresholdClassifierCV(LogisticRegression(), scoring="balanced_accuracy", cv=3)
LABELS = {
    "histogram boosting": (HIST, {}),
    "histogram boosting with gaps": (HIST, {"gaps": 0.1}),
    "native categories": (
        make_pipeline(town(ORDINAL), HistGradientBoostingClassifier(max_iter=5, categorical_features=[0])),
        {"texts": True},
    ),
    "exact thresholds": (make_pipeline(StandardScaler(), DecisionTreeClassifier()), {}),
    "a forest in 64 bits": (RandomForestClassifier(5), {}),
    "gaps in a tree": (DecisionTreeClassifier(), {"gaps": 0.1}),
    "imputing in 64 bits": (make_pipeline(SimpleImputer(), LogisticRegression()), {"gaps": 0.1}),
    "indicators of gaps": (
        make_pipeline(SimpleImputer(add_indicator=True), LogisticRegression()), {"gaps": 0.1}),
    "imputing texts": (
        make_pipeline(town(SimpleImputer(strategy="most_frequent"), HOT), HIST),
        {"gaps": 0.1, "texts": True}),
    "one-hot before numbers": (make_pipeline(town(HOT), LogisticRegression()), {"texts": True}),
    "words on any host": (make_pipeline(WORDS, LogisticRegression()), {"texts": True}),
    "voting": (voting(), {}),
    "linear without probabilities": (make_pipeline(StandardScaler(), LinearSVC()), {}),
    "ridge classifier": (RidgeClassifier(), {}),
    "a fixed threshold": (FixedThresholdClassifier(LogisticRegression(), threshold=0.3), {}),
    "a tuned threshold": (TUNED, {}),
    "columns by name": (
        make_pipeline(make_column_transformer((StandardScaler(), ["c.d"]), remainder="passthrough"), HIST),
        {}),
    "bins": (make_pipeline(KBinsDiscretizer(3), LogisticRegression()), {}),
    "numbered bins": (make_pipeline(KBinsDiscretizer(3, encode="ordinal"), LogisticRegression()), {}),
    "dummy": (DummyClassifier(), {}),
}  # fmt: skip
NUMBERS = {
    "a link": COUNTS,
    "a forest in 64 bits": RandomForestRegressor(5),
    "transformed target": TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1),
    "support vectors": SVR(),
    "kernel ridge": KernelRidge(kernel="rbf"),
}


@pytest.mark.parametrize("name", LABELS)
def test_labels_and_probabilities(name, monkeypatch):
    estimator, how = LABELS[name]
    frame = table(**how)
    spec = spec_of(frame, gaps="gaps" in how)
    made = compiled(estimator, frame, spec)
    assert (made.rung, made.parity["label_differences"]) == ("onnx_64", 0)
    assert made.parity["max_difference"] <= 1e-6
    assert is_wrong(estimator, frame, spec, monkeypatch)


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers(name, monkeypatch):
    frame = table()
    spec = spec_of(frame, output="z")
    made = compiled(NUMBERS[name], frame, spec)
    assert (made.rung, made.parity["equal"]) == ("onnx_64", True)
    assert is_wrong(NUMBERS[name], frame, spec, monkeypatch)


def is_wrong(estimator, frame, spec, monkeypatch):
    """Whether skl2onnx alone cannot do it, or answers otherwise."""
    try:
        answers = alone(estimator, frame, spec, monkeypatch)
    except Exception:  # as many kinds as causes
        return True
    expected = fitted(estimator, frame, spec).predict(frame[list(spec.names)])
    return not np.array_equal(answers, expected)


def test_the_highest_score_of_one_against_the_rest(monkeypatch):
    """Far from the border several probabilities are 1, and skl2onnx takes the first of them."""
    frame = table()
    far = frame.assign(**{"c.d": frame["c.d"] * 1e4})
    frame = frame.assign(y=np.digitize(frame["a b"] + frame["c.d"], [-1, 1]).astype(str))
    spec = replace(spec_of(frame), labels=("0", "1", "2"))
    model = fitted(OneVsRestClassifier(LogisticRegression()), frame, spec)
    model.estimators_[1].coef_ += 2.0  # it rises as the third one does, and faster or slower
    made = compile_and_prove(model, spec, frame)
    served = load_bytes(made.served_form, spec).predict_frame(far)
    expected = model.predict(far[list(spec.names)])
    assert (made.rung, np.array_equal(served.outputs, expected)) == ("onnx_64", True)
    put_theirs_back(monkeypatch)
    with pytest.raises(NotCompilable, match="another label"):
        compile_and_prove(model, spec, frame)


def test_one_against_the_rest_of_trees_is_as_skl2onnx_converts_it():
    frame = table()
    frame = frame.assign(y=np.digitize(frame["a b"] + frame["c.d"], [-1, 1]).astype(str))
    spec = replace(spec_of(frame), labels=("0", "1", "2"))
    trees = OneVsRestClassifier(DecisionTreeClassifier(max_depth=3))
    assert compiled(trees, frame, spec).rung == "onnx_64"


def test_one_that_learned_from_some_labels():
    frame = table()
    spec = spec_of(frame)
    codes = np.where(frame["y"] == "yes", "yes", "no").astype(object)
    assert (
        compiled(SelfTrainingClassifier(LogisticRegression()), frame.assign(y=codes), spec).rung == "onnx_64"
    )


def test_probabilities_of_two_labels_by_a_discriminant(monkeypatch):
    frame = table()
    spec = spec_of(frame)
    assert compiled(LinearDiscriminantAnalysis(), frame, spec).rung == "onnx_64"
    put_theirs_back(monkeypatch)
    with pytest.raises(NotCompilable, match="a number differs"):
        compiled(LinearDiscriminantAnalysis(), frame, spec)
