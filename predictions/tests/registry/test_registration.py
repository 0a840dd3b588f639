"""How a version enters the registry: files first, the row last, or nothing."""

import errno

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression

from predictions.models import ModelVersion
from predictions.registry import artefacts, loading
from predictions.registry.datasets import Tables, read_frame
from predictions.registry.refusals import NotCompilable
from predictions.registry.registration import register_estimator


def register(iris, estimator, name="logistic"):
    """Fit on the training data and register what came of it."""
    signature = iris.signatures.get()
    training = iris.datasets.get(role="training")
    frame = read_frame(training, signature.spec())
    estimator.fit(frame[[f.name for f in signature.spec().features]], frame["species"])
    return register_estimator(
        estimator=estimator,
        name=name,
        signature=signature,
        evaluation=Tables().of(iris.datasets.get(role="evaluation")),
        training=training,
        source="trained",
        created_by="run 7",
    )


def test_the_row_tells_the_whole_lineage(iris):
    version = register(iris, LogisticRegression(C=0.5, max_iter=500))
    row = ModelVersion.objects.get()
    assert row == version
    assert (row.label, row.name, row.filename) == ("1.0", "logistic", "logistic.joblib")
    assert (row.source, row.created_by) == ("trained", "run 7")
    assert row.estimator == "sklearn.linear_model._logistic.LogisticRegression"
    assert row.params["C"] == 0.5
    assert row.training_dataset.role == "training"
    assert row.libraries.keys() == {"scikit-learn", "numpy", "skl2onnx", "onnx", "onnxruntime"}
    assert (row.parity["equal"], row.parity["rows"], row.parity["label_differences"]) == (True, 45, 0)


def test_both_files_are_there_and_are_those_of_the_row(iris, config):
    version = register(iris, LogisticRegression(max_iter=500))
    artefacts.read(version.artefact, sha256=version.artefact_sha256)
    artefacts.read(version.served_form, sha256=version.served_form_sha256)
    trained = joblib.load(config.MEDIA_ROOT / version.artefact)
    row = pd.DataFrame([[5.1, 3.5, 1.4, 0.2]], columns=trained.feature_names_in_)
    answers = loading.load(version).predict([tuple(row.iloc[0])])
    np.testing.assert_allclose(answers.probabilities, trained.predict_proba(row), atol=1e-5)


def test_the_same_artefact_is_not_registered_again(iris):
    first = register(iris, LogisticRegression(max_iter=500))
    assert register(iris, LogisticRegression(max_iter=500), name="again") == first
    assert ModelVersion.objects.count() == 1


def test_a_disk_with_space_for_one_of_both_files_keeps_neither(iris, config, monkeypatch):
    store = artefacts.store

    def half(content, *, folder, filename):
        if filename.startswith("served"):
            raise OSError(errno.ENOSPC, "no space")
        return store(content, folder=folder, filename=filename)

    monkeypatch.setattr(artefacts, "store", half)
    with pytest.raises(OSError, match="no space"):
        register(iris, LogisticRegression(max_iter=500))
    assert not list(artefacts.stored_in("models"))


def test_what_cannot_be_served_leaves_neither_row_nor_file(iris, config):
    with pytest.raises(NotCompilable):
        register(iris, DummyClassifier(strategy="stratified", random_state=0))
    assert not ModelVersion.objects.exists()
    assert not (config.MEDIA_ROOT / "models").exists()
