"""Rows and answers cross the border of the sandbox as they are: no type is guessed, no number is rounded."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import LinearSVC

from predictions.contract.answers import Answers
from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry.sklearn_answers import answers_of
from scheduling.tests import labels_only
from scheduling.tests.labels_only import EVALUATION, SPEC
from scheduling.tests.model_files.upload_factory import as_skops
from scheduling.uploads import sandbox
from scheduling.uploads.crossing import (
    Examined,
    Question,
    columns_of,
    decode_answer,
    decode_question,
    encode,
    frame_of,
)

NUMBERS = [0.1 + 0.2, 1e-15, 5e-324, -0.0, 1.7976931348623157e308, 2**53 + 1, 1.7e9, float("nan"), 1 / 3]
TEXTS = ["01067", "1e5", "nan", "NaN", "None", "null", "true", "2024-01-01", "", np.nan, "é\n\t\0", "1_000"]


def spec_of(*features, task="classification", labels=("no", "yes")):
    named = tuple(FeatureSpec(name=name, kind=kind) for name, kind in features)
    return SignatureSpec(task=task, output_name="out", labels=labels, features=named)


def crossed(frame, spec):
    question = Question(content=b"PK", spec=spec, columns=columns_of(frame, spec), compile=True)
    return frame_of(decode_question(encode(question)).columns, spec)


@pytest.mark.parametrize(
    "name", ["x", "created_at", "login_time", "timestamp", "date", "modified", "index", "2nd"]
)
def test_numbers_cross_to_the_last_bit_whatever_their_column_is_called(name):
    spec = spec_of((name, Kind.FLOAT))
    frame = pd.DataFrame({name: NUMBERS, "out": ["no"] * len(NUMBERS)})
    back = crossed(frame, spec)
    assert back[name].dtype == "float64"
    assert back[name].to_numpy().tobytes() == np.array(NUMBERS).tobytes()


@pytest.mark.parametrize("name", ["zip", "created_at", "date"])
def test_text_crosses_as_text(name):
    column = pd.Series(TEXTS, dtype="object")
    frame = pd.DataFrame({name: column, "out": ["no"] * len(TEXTS)})
    back = crossed(frame, spec_of((name, Kind.TEXT)))[name]
    assert back.dtype == "object"
    assert [value for value in back if isinstance(value, str)] == [t for t in TEXTS if isinstance(t, str)]
    assert back.isna().tolist() == column.isna().tolist()
    assert all(isinstance(value, float) for value in back[back.isna()])


@pytest.mark.parametrize(
    "labels", [("no", "yes"), (0, 1), (False, True), (0.5, 1.5), ("0", "1"), (-(2**62), 2**62)], ids=str
)
def test_labels_cross_with_their_types(labels):
    spec = spec_of(("x", Kind.FLOAT), labels=labels)
    back = crossed(pd.DataFrame({"x": [1.0, 2.0], "out": list(labels)}), spec)["out"].tolist()
    assert [(type(value), value) for value in back] == [(type(label), label) for label in labels]
    answers = Answers(list(labels), np.array([[0.1, 0.9], [1 / 3, 2 / 3]]))
    again = decode_answer(encode(Examined.of(answers, None))).answers
    assert [(type(value), value) for value in again.outputs] == [(type(label), label) for label in labels]
    assert np.array_equal(again.probabilities, answers.probabilities)


def test_a_zip_code_a_moment_and_tiny_numbers_are_what_the_model_was_fitted_on():
    """Text that looks like numbers, a number that looks like a date: the served form is proved on them."""
    frame = pd.DataFrame(
        {
            "zip": pd.Series(["01067", "80331", "01069"] * 20, dtype="object"),
            "created_at": 1.7e9 + np.arange(60) * 1000.0,
            "tiny": np.arange(60) * 1.23456789e-15,
            "out": pd.Series(["no", "yes", "yes"] * 20, dtype="object"),
        }
    )
    spec = spec_of(("zip", Kind.TEXT), ("created_at", Kind.FLOAT), ("tiny", Kind.FLOAT))
    hot = OneHotEncoder(handle_unknown="ignore")
    columns = make_column_transformer((hot, ["zip"]), ("passthrough", ["tiny"]))
    model = make_pipeline(columns, LogisticRegression()).fit(frame[list(spec.names)], frame["out"])
    examined = sandbox.examine(as_skops(model), spec=spec, frame=frame)
    expected = answers_of(model, spec, frame)
    assert examined.answers.outputs == expected.outputs
    assert np.array_equal(examined.answers.probabilities, expected.probabilities)
    assert (examined.compiled.parity["rows"], examined.compiled.parity["label_differences"]) == (60, 0)


@pytest.mark.parametrize("name", ["created_at", "login_time", "timestamp", "seen"])
def test_a_regression_on_moments_answers_to_the_last_bit(name):
    frame = pd.DataFrame({name: np.arange(40) * 1e3 + 1.7e9, "out": np.arange(40) / 7})
    spec = spec_of((name, Kind.FLOAT), task="regression", labels=())
    model = LinearRegression().fit(frame[[name]], frame["out"])
    answers = sandbox.answers(as_skops(model), spec=spec, frame=frame)
    assert answers.outputs == model.predict(frame[[name]]).tolist()
    assert answers.probabilities is None


def test_a_classifier_without_probabilities_comes_out_with_labels_alone():
    examined = sandbox.examine(as_skops(labels_only.fitted(LinearSVC())), spec=SPEC, frame=EVALUATION)
    assert (examined.probabilities, examined.answers.probabilities) == (None, None)
    assert "probabilities" not in examined.compiled.golden_rows
    assert examined.compiled.parity["rows"] == len(EVALUATION)
