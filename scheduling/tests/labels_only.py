"""Versions of Iris whose estimators have no `predict_proba`, and the rows that everything is asked about."""

import pandas as pd
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from conftest import FIXTURES, iris_spec
from predictions.registry.datasets import Tables
from predictions.registry.registration import register_estimator

SPEC = iris_spec()
TRAINING, EVALUATION = (pd.read_csv(FIXTURES / f"{role}.csv") for role in ("training", "evaluation"))


def good():
    """It separates all three species."""
    return make_pipeline(StandardScaler(), LinearSVC(C=10, random_state=0))


def poor():
    """It is regularised so much that it never answers one of the species."""
    return LinearSVC(C=0.001, random_state=0)


def fitted(estimator):
    return estimator.fit(TRAINING[list(SPEC.names)], TRAINING["species"])


def registered(model, estimator, *, name):
    """The version of an estimator fitted on the Iris rows."""
    return registered_as_it_is(model, fitted(estimator), name=name)


def registered_as_it_is(model, estimator, *, name):
    """The version of a fitted estimator, by the door that training uses."""
    return register_estimator(
        estimator=estimator, name=name, signature=model.signatures.get(),
        evaluation=Tables().of(model.datasets.get(role="evaluation")),
        training=model.datasets.get(role="training"), source="trained", created_by="a test",
    )  # fmt: skip
