"""What is no model for a signature is refused before anything is made of it: code, true sentence, remedy."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import DBSCAN, KMeans
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, RidgeClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.neighbors import LocalOutlierFactor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import OneClassSVM
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from conftest import FIXTURES, iris_spec
from predictions.registry import compiling
from predictions.registry.compiling import compile_and_prove
from predictions.registry.fitness import refuse_unfit
from predictions.registry.refusals import NotCompilable
from predictions.registry.sklearn_answers import answers_of

LABELS = iris_spec()
NUMBERS = replace(LABELS, task="regression", labels=())
TRAINING, EVALUATION = (pd.read_csv(FIXTURES / f"{role}.csv") for role in ("training", "evaluation"))
X, Y = TRAINING[list(LABELS.names)], TRAINING["species"]
ANY = np.eye(3, dtype=int)[Y] | np.eye(3, dtype=int)[[0]]  # each row has one label or two
NAMES = "sepallength, sepalwidth, petallength, petalwidth"


def refused(estimator, spec=LABELS):
    with pytest.raises(NotCompilable) as caught:
        compile_and_prove(estimator, spec, EVALUATION)
    return caught.value


@pytest.mark.parametrize(
    ("estimator", "code", "said"),
    [
        (StandardScaler().fit(X), "no_predictions", ("This StandardScaler ", "Pipeline")),
        (
            make_pipeline(StandardScaler(), PCA(2)).fit(X),
            "no_predictions",
            ("This Pipeline ",),
        ),
        (
            Pipeline([("a", StandardScaler()), ("b", "passthrough")]).fit(X),
            "no_predictions",
            ("This Pipeline ",),
        ),
        (RandomForestClassifier(), "not_fitted", ("RandomForestClassifier", " fit ")),
        (
            make_pipeline(StandardScaler(), LogisticRegression()),
            "not_fitted",
            ("This Pipeline",),
        ),
        (
            Pipeline([("a", StandardScaler()), ("b", LogisticRegression(max_iter=500).fit(X, Y))]),
            "not_fitted",
            ("This Pipeline",),
        ),
        (
            LinearRegression().fit(X, Y),
            "other_kind",
            ("numbers", "label", "classifier", "task regression"),
        ),
        (KMeans(3, n_init=1).fit(X), "other_kind", ("This KMeans ", "classifier")),
        (DBSCAN().fit(X), "other_kind", ("This DBSCAN ",)),
        (IsolationForest(n_estimators=2).fit(X), "outlier_labels", ("This IsolationForest ", "-1 and 1")),
        (OneClassSVM().fit(X), "outlier_labels", ("This OneClassSVM ",)),
        (LocalOutlierFactor().fit(X), "no_novelty", ("This LocalOutlierFactor ", "novelty=True")),
        (
            LogisticRegression(max_iter=500).fit(X, Y.map(str)),
            "other_labels",
            ('"0", "1", "2"', "0, 1, 2."),
        ),
        (LogisticRegression(max_iter=500).fit(X[Y < 2], Y[Y < 2]), "other_labels", (" 0, 1,", " 0, 1, 2.")),
        (RandomForestClassifier(2).fit(X, np.c_[Y, Y]), "several_outputs", (" 2 ",)),
        (
            MultiOutputClassifier(LogisticRegression(max_iter=500)).fit(X, np.c_[Y, Y, Y]),
            "several_outputs",
            (" 3 ",),
        ),
        (OneVsRestClassifier(LogisticRegression()).fit(X, ANY), "multilabel", (" 3 labels", "Fit one")),
        (RidgeClassifier().fit(X, ANY), "multilabel", ("This RidgeClassifier ",)),
        (make_pipeline(StandardScaler(), RidgeClassifier()).fit(X, ANY), "multilabel", ("This Pipeline ",)),
        (MLPClassifier((2,), max_iter=1).fit(X, ANY), "multilabel", (" 3 labels",)),
        (DecisionTreeClassifier().fit(X, ANY), "several_outputs", (" 3 ", "Fit one")),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "get_params") else "",
)
def test_another_thing_than_a_fitted_classifier_is_told_what_it_is(estimator, code, said):
    error = refused(estimator)
    assert error.code == code
    for fragment in said:
        assert fragment in str(error)


@pytest.mark.parametrize(
    ("estimator", "code", "said"),
    [
        (LogisticRegression(max_iter=500).fit(X, Y), "other_kind", ("labels", "task classification")),
        (KMeans(3, n_init=1).fit(X), "other_kind", ("regressor",)),
        (StandardScaler().fit(X), "no_predictions", ("regressor",)),
        (Ridge(), "not_fitted", ("This Ridge",)),
        (Ridge().fit(X, np.c_[Y, Y]), "several_outputs", (" 2 outputs", "Fit one model for each")),
        (DecisionTreeRegressor().fit(X, np.c_[Y, Y]), "several_outputs", (" 2 outputs",)),
        (MultiOutputRegressor(Ridge()).fit(X, np.c_[Y, Y, Y]), "several_outputs", (" 3 outputs",)),
    ],
    ids=["classifier", "clusterer", "transformer", "unfitted", "two outputs", "tree", "wrapped"],
)
def test_another_thing_than_a_fitted_regressor_is_told_what_it_is(estimator, code, said):
    error = refused(estimator, NUMBERS)
    assert error.code == code
    for fragment in said:
        assert fragment in str(error)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (X.iloc[:, :3], " petalwidth."),
        (X.rename(columns={"petalwidth": "width"}), " petalwidth, "),
        (X.assign(more=1.0), " more."),
        (X.iloc[:, :3].to_numpy(), " 3 "),
    ],
    ids=["fewer", "renamed", "more", "without names"],
)
def test_other_columns_are_told_by_name(columns, said):
    error = refused(LogisticRegression(max_iter=500).fit(columns, Y))
    assert (error.code, said in str(error)) == ("other_columns", True), str(error)
    assert NAMES in str(error)


def test_columns_that_scikit_learn_takes_in_any_order_are_no_reason():
    """A ColumnTransformer finds its columns by name: only what it asks for must be there."""
    picking = make_column_transformer((StandardScaler(), list(LABELS.names)))
    turned = make_pipeline(picking, LogisticRegression(max_iter=500)).fit(X[X.columns[::-1]], Y)
    refuse_unfit(turned, LABELS)
    assert len(answers_of(turned, LABELS, EVALUATION).outputs) == 45


def test_a_fault_of_scikit_learn_is_told_in_one_short_line(monkeypatch):
    def fails(features):
        raise RuntimeError(f"<ast.Call object at 0x7f0556101b20> in /srv/some/where.cc:12\n{'x' * 1_500_000}")

    estimator = LogisticRegression(max_iter=500).fit(X, Y)
    monkeypatch.setattr(estimator, "predict", fails)
    error = refused(estimator)
    assert (error.code, len(str(error)) < 300) == ("not_answered", True)
    assert "(runtime error)" in str(error)
    assert not any(noise in str(error) for noise in ("0x", "/srv", ".cc", "\n", "<ast", "xx"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Input X contains NaN.\nLogisticRegression does not accept missing values", "SimpleImputer"),
        ("could not convert string to float: 'the cell'", "OneHotEncoder"),
        ("Found unknown categories ['the cell'] in column 0", "handle_unknown='ignore'"),
        ("something about 'the cell'", "predict"),
    ],
)
def test_the_words_of_scikit_learn_are_not_told_for_they_may_quote_a_row(monkeypatch, words, told):
    def fails(features):
        raise ValueError(words)

    estimator = LogisticRegression(max_iter=500).fit(X, Y)
    monkeypatch.setattr(estimator, "predict", fails)
    error = refused(estimator)
    assert error.code == "not_answered"
    assert told in str(error)
    assert "the cell" not in str(error)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Infrequent categories are not implemented ['the cell'] != [].", "min_frequency"),
        ("Unable to find column name 'a' among names ['features'].", "position"),
        ("only strip_accents=None is supported", "strip_accents"),
        ("The converter cannot guess how to split expression 'the cell' into tokens.", "space"),
        ("Category 'the cell' cannot be casted into int.", "skl2onnx.to_onnx"),
    ],
)
def test_nor_are_those_of_the_converter_for_they_may_quote_what_was_learned(monkeypatch, words, told):
    def fails(*arguments, **options):
        raise RuntimeError(words)

    monkeypatch.setattr("skl2onnx.to_onnx", fails)
    error = refused(LogisticRegression(max_iter=500).fit(X, Y))
    assert error.code == "not_converted"
    assert told in str(error)
    assert "the cell" not in str(error)


def test_a_served_form_that_does_not_run_is_told_so(monkeypatch):
    rungs = [replace(rung, make=lambda *_: b"the cell") for rung in compiling.LADDER]
    monkeypatch.setattr(compiling, "LADDER", rungs)
    error = refused(LogisticRegression(max_iter=500).fit(X, Y))
    assert error.code == "does_not_run"
    assert "the cell" not in str(error)
    assert "ONNXRuntimeError" not in str(error)


@pytest.mark.parametrize("place", ["predict", "predict_proba"])
def test_want_of_memory_is_none_of_these(monkeypatch, place):
    def fails(features):
        raise RuntimeError("[ONNXRuntimeError] : 6 : Failed to allocate memory for requested buffer")

    estimator = LogisticRegression(max_iter=500).fit(X, Y)
    monkeypatch.setattr(estimator, place, fails)
    with pytest.raises(MemoryError):
        compile_and_prove(estimator, LABELS, EVALUATION)
