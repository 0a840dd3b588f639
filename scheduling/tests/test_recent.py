"""What was asked lately, out of the prediction log, as rows like a dataset's."""

import uuid

import numpy as np
import pandas as pd

from predictions.models import Feedback, Prediction, Signature
from scheduling.recent import Log, without_repeats
from scheduling.samples import samples_of
from scheduling.tests.evidence_factory import read_csv

ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}


def log(version, *rows):
    return Prediction.objects.bulk_create(
        Prediction(
            id=uuid.UUID(int=(i + 1) << 80 | uuid.uuid4().int >> 48),
            registered_model=version.registered_model,
            model_version=version,
            inputs=row,
            output=0,
            latency_us=100,
        )
        for i, row in enumerate(rows)
    )


def test_rows_come_as_a_datasets_features_newest_first(strong):
    log(strong, ROW, ROW, ROW | {"petalwidth": 2.5})
    frame = Log(strong.signature).requests(9)
    assert list(frame.columns) == list(ROW)
    assert frame["petalwidth"].tolist() == [2.5, 0.2, 0.2]
    assert frame.dtypes.eq("float64").all()


def test_nothing_logged_is_no_rows(strong):
    assert Log(strong.signature).requests(9).empty
    assert Log(strong.signature).labelled(9).empty


def test_only_the_newest_are_read(strong):
    log(strong, *[ROW | {"petalwidth": float(i + 1)} for i in range(5)])
    assert Log(strong.signature).requests(3)["petalwidth"].tolist() == [5.0, 4.0, 3.0]


def test_what_is_missing_is_missing(strong):
    log(strong, ROW, ROW, ROW | {"petalwidth": None})
    assert Log(strong.signature).requests(9)["petalwidth"].isna().tolist() == [True, False, False]


def test_a_redacted_feature_has_no_column(strong):
    log(strong, ROW, ROW, {name: value for name, value in ROW.items() if name != "petalwidth"})
    assert "petalwidth" not in Log(strong.signature).requests(9).columns
    log(strong, {}, {}, {})
    frame = Log(strong.signature).requests(9)
    assert (len(frame), len(frame.columns)) == (6, 0)


def test_other_signatures_are_other_questions(strong, iris):
    log(strong, ROW, ROW, ROW)
    other = Signature.objects.create(registered_model=iris, number=2, task="classification", output_name="y")
    assert Log(other).requests(9).empty


def test_labels_come_with_their_rows_newest_first(strong):
    rows = log(strong, ROW, ROW | {"petalwidth": 1.5}, ROW | {"petalwidth": 2.5})
    for prediction, label in zip(rows[1:], (1, 2), strict=True):
        Feedback.objects.create(prediction=prediction, label=label, who="ann")
    frame = Log(strong.signature).labelled(9)
    assert frame["petalwidth"].tolist() == [2.5, 1.5]
    assert frame["species"].tolist() == [2, 1]
    assert Log(strong.signature).labelled(1)["species"].tolist() == [2]


def test_one_row_is_itself_whatever_its_columns_hold():
    reference = pd.DataFrame({"a": np.arange(300) / 7, "b": [f"t{i}" for i in range(300)]})
    rows = pd.DataFrame({"a": [0.0, -0.0, np.nan, np.nan, 9.0], "b": ["x", "x", None, np.nan, "x"]})
    assert without_repeats(rows, reference, ["a", "b"])["a"].isna().tolist() == [False, True, False]
    assert len(without_repeats(rows, reference, ["b"])) == 2
    assert len(without_repeats(rows, reference, [])) == 5


def test_the_candidate_answers_what_was_logged_unless_a_feature_is_redacted(strong):
    from predictions import serving
    from predictions.datasets import read_frame

    loaded = serving.load(strong)
    frame = read_frame(strong.registered_model.datasets.get(role="evaluation"), loaded.spec)
    answers = loaded.predict(loaded.spec.rows_of(frame))
    log(strong, ROW, ROW, ROW | {"petalwidth": 2.5})
    samples = samples_of(strong, loaded, frame=frame, answers=answers, training=read_csv("training"))
    logged = samples.logged(9)
    assert (logged.name, logged.asked, len(logged.frame)) == ("prediction log", 3, 2)
    assert len(samples.answered(logged).answers.outputs) == 2
    log(strong, {"sepallength": 5.1})
    samples = samples_of(strong, loaded, frame=frame, answers=answers, training=read_csv("training"))
    assert list(samples.logged(9).frame.columns) == ["sepallength"]
    assert samples.answered(samples.logged(9)) is None


def test_a_reference_set_stands_before_the_training_set(strong, iris):
    from conftest import FIXTURES
    from predictions import datasets, serving
    from predictions.datasets import read_frame

    loaded = serving.load(strong)
    frame = read_frame(iris.datasets.get(role="evaluation"), loaded.spec)
    answers = loaded.predict(loaded.spec.rows_of(frame))
    assert (
        samples_of(strong, loaded, frame=frame, answers=answers, training=read_csv("training")).reference.name
        == "training set"
    )
    content = (FIXTURES / "evaluation.csv").read_bytes()
    datasets.register(registered_model=iris, role="reference", content=content)
    reference = samples_of(
        strong, loaded, frame=frame, answers=answers, training=read_csv("training")
    ).reference
    assert (reference.name, len(reference.frame), len(reference.answers.outputs)) == ("reference set", 45, 45)
