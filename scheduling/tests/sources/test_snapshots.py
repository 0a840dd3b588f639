"""A run's rows are read, checked, split and registered as a whole, or not at all."""

from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from predictions.conf import config
from predictions.models import Dataset
from predictions.registry import artefacts
from scheduling.models import DataSource
from scheduling.sources.refusals import SourceRefused
from scheduling.sources.rows import THE_BEGINNING, Window
from scheduling.sources.snapshots import Snapshots, snapshot
from scheduling.tests.sources.shop import make_retraining, make_source


def read(dataset):
    return pq.read_table(config.MEDIA_ROOT / dataset.file)


def files():
    return [path for path in config.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_a_model_without_a_source_uses_the_newest_dataset(model):
    assert snapshot(make_retraining(model), model) == Snapshots(training=None, evaluation=None)


def test_both_parts_are_registered_with_what_they_are(model, shop):
    make_source(model)
    run = make_retraining(model)
    rows = snapshot(run, model)
    assert (rows.training.rows, rows.evaluation.rows) == (319, 80)
    for dataset, role in ((rows.training, "training"), (rows.evaluation, "evaluation")):
        dataset.refresh_from_db()
        assert (dataset.role, dataset.source) == (role, "query")
        assert dataset.snapshot["run"] == run.pk
        assert dataset.snapshot["columns"] == {"age": "int", "city": "text", "at": "text", "left_us": "int"}
        assert dataset.snapshot["hold_out"]["rule"] == "time"
        artefacts.read(dataset.file, sha256=dataset.sha256)
        assert read(dataset).num_rows == dataset.rows
    assert max(read(rows.training)["at"].to_pylist()) < min(read(rows.evaluation)["at"].to_pylist())
    assert len(files()) == 2


def test_what_is_refused_leaves_nothing_behind(model, shop):
    make_source(model, minimum_rows=401)
    with pytest.raises(SourceRefused, match="399 rows"):
        snapshot(make_retraining(model), model)
    assert not Dataset.objects.exists()
    assert not files()


def test_a_delay_longer_than_all_time_leaves_no_rows():
    source = DataSource(label_delay_days=36500, window_days=36500)
    window = Window.of(source, now=datetime(1, 1, 2, tzinfo=UTC))
    assert window.since == window.until == THE_BEGINNING
