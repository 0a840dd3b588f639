"""What was asked lately, out of the prediction log, as rows like a dataset's."""

import uuid

import pytest

from predictions.models import Prediction, Signature
from scheduling import recent
from scheduling.recent import recent_inputs
from scheduling.samples import samples_of
from scheduling.tests.case_factory import case_of
from scheduling.tests.evidence_factory import read_csv

ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}


@pytest.fixture(autouse=True)
def _few(monkeypatch):
    monkeypatch.setattr(recent, "LEAST_ROWS", 3)


def log(version, *rows):
    Prediction.objects.bulk_create(
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


def test_too_few_rows_are_none(strong):
    log(strong, ROW, ROW)
    assert recent_inputs(strong.signature) is None


def test_rows_come_as_a_datasets_features_newest_first(strong):
    log(strong, ROW, ROW, ROW | {"petalwidth": 2.5})
    frame = recent_inputs(strong.signature).frame
    assert list(frame.columns) == list(ROW)
    assert frame["petalwidth"].tolist() == [2.5, 0.2, 0.2]
    assert frame.dtypes.eq("float64").all()


def test_only_the_newest_are_read(strong, monkeypatch):
    monkeypatch.setattr(recent, "MOST_ROWS", 3)
    log(strong, *[ROW | {"petalwidth": float(i + 1)} for i in range(5)])
    assert recent_inputs(strong.signature).frame["petalwidth"].tolist() == [5.0, 4.0, 3.0]


def test_what_is_missing_is_missing(strong):
    log(strong, ROW, ROW, ROW | {"petalwidth": None})
    assert recent_inputs(strong.signature).frame["petalwidth"].isna().tolist() == [True, False, False]


def test_a_redacted_feature_has_no_column(strong):
    log(strong, ROW, ROW, {name: value for name, value in ROW.items() if name != "petalwidth"})
    assert "petalwidth" not in recent_inputs(strong.signature).frame.columns
    log(strong, {}, {}, {})
    assert recent_inputs(strong.signature) is None


def test_other_signatures_are_other_questions(strong, iris):
    log(strong, ROW, ROW, ROW)
    other = Signature.objects.create(registered_model=iris, number=2, task="classification", output_name="y")
    assert recent_inputs(other) is None


def test_the_candidate_answers_what_was_logged_unless_a_feature_is_redacted(strong):
    from predictions import serving
    from predictions.datasets import read_frame

    loaded = serving.load(strong)
    frame = read_frame(strong.registered_model.datasets.get(role="evaluation"), loaded.spec)
    answers = loaded.predict(loaded.spec.rows_of(frame))
    log(strong, ROW, ROW, ROW)
    samples = samples_of(case_of(strong), loaded, frame=frame, answers=answers, training=read_csv("training"))
    assert samples.answered.name == samples.recent.name == "prediction log"
    assert samples.logged.answers.outputs == [0, 0, 0]
    log(strong, {"sepallength": 5.1})
    samples = samples_of(case_of(strong), loaded, frame=frame, answers=answers, training=read_csv("training"))
    assert list(samples.recent.frame.columns) == ["sepallength"]
    assert samples.answered.name == "evaluation set"


def test_a_reference_set_stands_before_the_training_set(strong, iris):
    from conftest import FIXTURES
    from predictions import datasets, serving
    from predictions.datasets import read_frame

    loaded = serving.load(strong)
    frame = read_frame(iris.datasets.get(role="evaluation"), loaded.spec)
    answers = loaded.predict(loaded.spec.rows_of(frame))
    assert (
        samples_of(
            case_of(strong), loaded, frame=frame, answers=answers, training=read_csv("training")
        ).reference.name
        == "training set"
    )
    content = (FIXTURES / "evaluation.csv").read_bytes()
    datasets.register(registered_model=iris, role="reference", content=content)
    reference = samples_of(
        case_of(strong), loaded, frame=frame, answers=answers, training=read_csv("training")
    ).reference
    assert (reference.name, len(reference.frame), len(reference.answers.outputs)) == ("reference set", 45, 45)
