"""Logged predictions with told labels close the loop: by window, without those that have no label yet."""

from datetime import timedelta
from uuid import UUID

import pyarrow as pa
import pytest
from django.core.exceptions import ValidationError

from predictions.models import Feedback, Prediction
from predictions.models.prediction import first_id_at
from predictions.tests.factories import make_version
from scheduling.models import DataSource
from scheduling.sources.kinds.opening import open_rows
from scheduling.sources.refusals import SourceRefused
from scheduling.sources.rows import Window
from scheduling.sources.snapshots import snapshot
from scheduling.tests.sources.shop import NOW, make_retraining, make_source


@pytest.fixture
def logged(model):
    """Two hundred predictions, one an hour; those of even hours have a label."""
    version = make_version(model, "rf")
    for hour in range(200):
        moment = NOW - timedelta(hours=hour, minutes=30)
        prediction = Prediction.objects.create(
            id=UUID(int=first_id_at(moment).int + 7), registered_model=model, model_version=version,
            inputs={"age": hour, "city": None}, output=0, latency_us=1,
        )  # fmt: skip
        if hour % 2 == 0:
            Feedback.objects.create(prediction=prediction, label=hour % 4 // 2, who="ann")
    return model


def taken(source):
    with open_rows(source, Window.of(source, now=NOW), None) as rows:
        return pa.Table.from_batches(list(rows.batches), schema=rows.schema)


def test_only_rows_whose_label_was_told_in_the_window(logged):
    source = DataSource(registered_model=logged, kind="log", time_column="predicted_at", window_days=2)
    table = taken(source)
    assert table["age"].to_pylist() == list(range(46, -1, -2))
    assert set(table["left_us"].to_pylist()) == {0, 1}
    source.label_delay_days = 1
    assert taken(source)["age"].to_pylist() == list(range(70, 22, -2))


def test_it_is_held_out_by_the_time_of_the_prediction(logged, shop):
    source = make_source(logged, kind="log", query="", database="", minimum_rows=10)
    assert source.time_column == "predicted_at"
    rows = snapshot(make_retraining(logged), logged)
    assert (rows.training.rows, rows.evaluation.rows) == (80, 20)


def test_without_redacted_features_there_are_no_whole_rows(logged):
    source = make_source(logged, kind="log", query="", database="")
    logged.redacted_features = ["age"]
    logged.save()
    source.registered_model.refresh_from_db()
    with pytest.raises(ValidationError):
        source.save()
    with pytest.raises(SourceRefused, match="redacted features"):
        taken(source)
