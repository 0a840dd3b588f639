"""What was asked lately, out of the prediction log, as rows like a dataset's."""

import uuid
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
import time_machine
from django.utils import timezone

from conftest import FIXTURES
from predictions.models import Feature, Feedback, Prediction, Signature
from predictions.models.prediction import first_id_at
from predictions.registry import datasets, loading
from predictions.registry.datasets import Tables, read_frame
from scheduling.evidence.samples import without_repeats
from scheduling.judging.drift_samples import samples_of
from scheduling.judging.log_window import recent_log
from scheduling.models import CheckLimit
from scheduling.tests.inputs_factory import inputs_of

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


def log_at(version, first, row):
    return Prediction.objects.bulk_create(
        [
            Prediction(
                id=first, registered_model=version.registered_model, model_version=version,
                inputs=row, output=0, latency_us=100,
            )
        ]
    )  # fmt: skip


def read(signature, *, least=1, most=9):
    return recent_log(signature, least=least, most=most)


def test_rows_come_as_a_datasets_features_newest_first(strong):
    log(strong, ROW, ROW, ROW | {"petalwidth": 2.5})
    frame = read(strong.signature, most=9).asked
    assert list(frame.columns) == list(ROW)
    assert frame["petalwidth"].tolist() == [2.5, 0.2, 0.2]
    assert frame.dtypes.eq("float64").all()


def test_nothing_logged_is_no_rows(strong):
    assert read(strong.signature, most=9).asked.empty
    assert read(strong.signature, most=9).told.empty


def test_too_few_are_as_none(strong):
    log(strong, ROW, ROW)
    assert read(strong.signature, least=3).asked.empty
    assert read(strong.signature, least=3).windows == {"asked": None, "told": None}
    assert len(read(strong.signature, least=2).asked) == 2


def test_only_the_newest_are_read(strong):
    log(strong, *[ROW | {"petalwidth": float(i + 1)} for i in range(5)])
    assert read(strong.signature, most=3).asked["petalwidth"].tolist() == [5.0, 4.0, 3.0]


def test_what_is_missing_is_missing(strong):
    log(strong, ROW, ROW, ROW | {"petalwidth": None})
    assert read(strong.signature, most=9).asked["petalwidth"].isna().tolist() == [True, False, False]


def test_a_redacted_feature_has_no_column(strong):
    log(strong, ROW, ROW, {name: value for name, value in ROW.items() if name != "petalwidth"})
    assert "petalwidth" not in read(strong.signature, most=9).asked.columns
    log(strong, {}, {}, {})
    frame = read(strong.signature, most=9).asked
    assert (len(frame), len(frame.columns)) == (6, 0)


def test_what_a_wrong_clock_dated_ahead_is_not_recent(strong):
    old, newest = log(strong, ROW | {"petalwidth": 1.5}, ROW | {"petalwidth": 2.5})
    with time_machine.travel(timezone.now() + timedelta(days=3652)):
        [ahead] = log_at(strong, first_id_at(timezone.now()), ROW | {"petalwidth": 9.0})
    for prediction in (old, newest, ahead):
        Feedback.objects.create(prediction=prediction, label=1, who="ann")
    recent = read(strong.signature)
    assert recent.asked["petalwidth"].tolist() == recent.told["petalwidth"].tolist() == [2.5, 1.5]
    assert read(strong.signature, most=1).asked["petalwidth"].tolist() == [2.5]


def test_an_output_may_be_called_self(strong):
    Signature.objects.filter(pk=strong.signature.pk).update(output_name="self")
    strong.signature.refresh_from_db()
    [prediction] = log(strong, ROW)
    Feedback.objects.create(prediction=prediction, label=2, who="ann")
    assert read(strong.signature).told["self"].tolist() == [2]


def test_other_signatures_are_other_questions(strong, iris):
    log(strong, ROW, ROW, ROW)
    other = Signature.objects.create(registered_model=iris, number=2, task="regression", output_name="y")
    assert read(other, most=9).asked.empty


def test_labels_come_with_their_rows_newest_first(strong):
    rows = log(strong, ROW, ROW | {"petalwidth": 1.5}, ROW | {"petalwidth": 2.5})
    for prediction, label in zip(rows[1:], (1, 2), strict=True):
        Feedback.objects.create(prediction=prediction, label=label, who="ann")
    frame = read(strong.signature, most=9).told
    assert frame["petalwidth"].tolist() == [2.5, 1.5]
    assert frame["species"].tolist() == [2, 1]
    assert read(strong.signature, most=1).told["species"].tolist() == [2]


def test_one_row_is_itself_whatever_its_columns_hold():
    reference = pd.DataFrame({"a": np.arange(300) / 7, "b": [f"t{i}" for i in range(300)]})
    rows = pd.DataFrame({"a": [0.0, -0.0, np.nan, np.nan, 9.0], "b": ["x", "x", None, np.nan, "x"]})
    assert without_repeats(rows, reference, ["a", "b"])["a"].isna().tolist() == [False, True, False]
    assert len(without_repeats(rows, reference, ["b"])) == 2
    assert len(without_repeats(rows, reference, [])) == 5


@pytest.fixture
def asked(strong):
    """The samples of today for a candidate, with its answers to the evaluation set."""
    loaded = loading.load(strong)
    frame = read_frame(strong.registered_model.datasets.get(role="evaluation"), loaded.spec)
    answers = loaded.predict_frame(frame)

    def samples():
        inputs = replace(inputs_of(strong), log=read(strong.signature))
        return samples_of(inputs, Tables(), loaded, frame=frame, judged=frame, answers=answers)

    return samples


def test_the_candidate_answers_what_was_logged_unless_a_feature_is_redacted(strong, asked):
    log(strong, ROW, ROW, ROW | {"petalwidth": 2.5})
    logged = asked().logged(9)
    assert (logged.name, logged.asked, len(logged.frame)) == ("prediction log", 3, 2)
    assert len(asked().answered(logged).answers.outputs) == 2
    log(strong, {"sepallength": 5.1})
    assert list(asked().logged(9).frame.columns) == ["sepallength"]
    assert asked().answered(asked().logged(9)) is None


def test_a_reference_set_stands_before_the_training_set(iris, asked):
    assert asked().reference.name == "training set"
    content = (FIXTURES / "evaluation.csv").read_bytes()
    datasets.register(registered_model=iris, role="reference", content=content)
    reference = asked().reference
    assert (reference.name, len(reference.frame), len(reference.answers.outputs)) == ("reference set", 45, 45)


def test_as_much_is_read_as_the_checks_look_at(strong, live, iris):
    log(strong, *[ROW] * 5)
    assert inputs_of(strong).log.asked.empty  # 500 are asked for
    for check, limits in (
        ("feature_drift", {"least_logged_rows": 3}),
        ("label_drift", {"most_logged_rows": 4}),
    ):
        CheckLimit.objects.create(registered_model=iris, check_id=check, limits=limits)
    assert len(inputs_of(strong).log.asked) == 5
    names = ("feature_drift", "prediction_drift", "representative")
    for check in names:
        CheckLimit.objects.update_or_create(
            registered_model=iris, check_id=check, defaults={"limits": {}, "enabled": False}
        )
    CheckLimit.objects.filter(check_id="label_drift").update(
        limits={"least_logged_rows": 3, "most_logged_rows": 4}
    )
    assert len(inputs_of(strong).log.asked) == 4
    CheckLimit.objects.update(enabled=False)
    assert inputs_of(strong).log.asked.empty


def test_times_of_the_log_are_seconds_again(strong):
    Feature.objects.filter(signature=strong.signature, name="petalwidth").update(
        kind="timestamp", exclusive_minimum=None, required=False, example="2024-01-01"
    )
    log(strong, ROW | {"petalwidth": "1970-01-02T00:00:00.500000"}, ROW | {"petalwidth": None})
    frame = read(Signature.objects.get(pk=strong.signature.pk)).asked
    assert frame["petalwidth"].isna().tolist() == [True, False]
    assert frame["petalwidth"][1] == 86400.5
