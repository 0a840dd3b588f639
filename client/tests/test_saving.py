"""The file of a model: what it was, the same each time, and what the server's sandbox may open."""

import time

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from model_delivery.saving import filename_of, save

ROWS = pd.DataFrame({"a": np.arange(60.0), "b": np.arange(60.0) % 7, "c": ["slow line", "fine", "line"] * 20})
LABELS = np.where(ROWS["b"] > 3, "yes", "no")


def models():
    columns = make_column_transformer(
        (OneHotEncoder(), ["c"]), (TfidfVectorizer(), "c"), ("passthrough", ["a", "b"]), sparse_threshold=0
    )
    yield make_pipeline(columns, HistGradientBoostingClassifier(max_iter=3))
    numbers = make_column_transformer(("passthrough", ["a", "b"]))
    for model in (LogisticRegression(), RandomForestClassifier(5), KNeighborsClassifier()):
        yield make_pipeline(numbers, model)


def boosters():
    numbers = make_column_transformer(("passthrough", ["a", "b"]))
    lightgbm, xgboost = pytest.importorskip("lightgbm"), pytest.importorskip("xgboost")
    yield make_pipeline(numbers, lightgbm.LGBMClassifier(n_estimators=3, n_jobs=1, verbose=-1)), LABELS
    yield make_pipeline(numbers, xgboost.XGBClassifier(n_estimators=3, n_jobs=1)), 1 * (LABELS == "yes")


def same_after(model, content):
    loaded = skops.io.loads(content, trusted=skops.io.get_untrusted_types(data=content))
    return np.array_equal(loaded.predict_proba(ROWS), model.predict_proba(ROWS))


@pytest.mark.parametrize("model", list(models()), ids=lambda model: type(model[-1]).__name__)
def test_a_model_is_what_it_was(model):
    assert same_after(model.fit(ROWS, LABELS), save(model))


@pytest.mark.parametrize(
    "model", [LogisticRegression(), RandomForestClassifier(5)], ids=lambda m: type(m).__name__
)
def test_a_model_is_the_same_file_each_time(model):
    model.fit(ROWS[["a", "b"]], LABELS)
    assert save(model) == save(model)


def test_the_time_is_not_in_the_file(monkeypatch):
    model = LogisticRegression().fit(ROWS[["a", "b"]], LABELS)
    content = save(model)
    monkeypatch.setattr(time, "time", lambda: 2e9)
    assert save(model) == content


def test_boosters_survive():
    for model, labels in boosters():
        model.fit(ROWS, labels)
        content = save(model)
        assert same_after(model, content)
        assert save(model) == content


def test_the_names_of_the_caller_are_not_taken_for_names_of_files():
    model = LogisticRegression().fit(pd.DataFrame({"1.npy": [1.0, 2.0], "__id__": [1.0, 2.0]}), [0, 1])
    loaded = skops.io.loads(save(model))
    assert list(loaded.feature_names_in_) == ["1.npy", "__id__"]


@pytest.mark.parametrize("model", list(models()), ids=lambda model: type(model[-1]).__name__)
def test_the_servers_check_of_the_structure_lets_it_pass(model):
    from scheduling.uploads.structure.container import checked_file

    checked_file(save(model.fit(ROWS, LABELS)))


def test_a_catboost_model_goes_by_its_own_format():
    catboost = pytest.importorskip("catboost")
    model = catboost.CatBoostClassifier(iterations=3, verbose=0, allow_writing_files=False)
    content = save(model.fit(ROWS[["a", "b"]], LABELS))
    assert catboost.CatBoostClassifier().load_model(blob=content).predict(ROWS[["a", "b"]])[0] in {
        "yes",
        "no",
    }
    assert (save(model), filename_of(model, content, "churn")) == (content, "churn.cbm")


@pytest.mark.parametrize(
    ("model", "content", "name"),
    [
        ("folder/net.onnx", b"\x08\x0a\x12", "net.onnx"),
        (b"\x08\x0a\x12", b"\x08\x0a\x12", "churn.onnx"),
        (b"PK\x03\x04", b"PK\x03\x04", "churn.skops"),
        (object(), b"PK\x03\x04", "churn.skops"),
    ],
)
def test_a_file_is_named_by_its_kind(model, content, name):
    assert filename_of(model, content, "churn") == name
