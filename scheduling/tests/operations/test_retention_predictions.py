"""How logged predictions are pruned, and what they keep alive."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from predictions.models import Feedback, ModelVersion, Prediction, RequestCount
from predictions.models.prediction import first_id_at
from predictions.tests.factories import make_model, make_version
from scheduling.operations import retention
from scheduling.operations.retention import prune

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _small(monkeypatch, config):
    """Batches of two, nothing but what is old counts."""
    monkeypatch.setattr(retention, "PREDICTIONS", 2)
    monkeypatch.setattr(retention, "KEEP_LAST", 0)
    config.PREDICTION_RETENTION_DAYS = 30


def predicted(version, *, days_ago, number=0):
    at = first_id_at(NOW - timedelta(days=days_ago)).int
    return Prediction.objects.create(
        id=UUID(int=at + (7 << 76) + number), model_version=version,
        registered_model=version.registered_model,
        inputs={}, output=0, latency_us=1,
    )  # fmt: skip


def test_old_predictions_go_in_batches_and_young_ones_stay(django_assert_max_num_queries):
    version, other = make_version(make_model(), "a"), make_version(make_model("beer"), "b")
    for number in range(5):
        predicted(version, days_ago=31, number=number)
    young, foreign = predicted(version, days_ago=29), predicted(other, days_ago=31, number=9)
    with django_assert_max_num_queries(40) as asked:
        assert prune(version.registered_model, now=NOW).predictions == 5
    deleting = [
        q["sql"] for q in asked.captured_queries if q["sql"].startswith('DELETE FROM "predictions_pred')
    ]
    assert len(deleting) == 3
    assert set(Prediction.objects.all()) == {young, foreign}


def test_counts_of_requests_go_with_the_predictions_of_their_days():
    version, other = make_version(make_model(), "a"), make_version(make_model("beer"), "b")
    for number, (of, days_ago) in enumerate([(version, 31)] * 3 + [(version, 29), (other, 31)]):
        RequestCount.objects.create(
            id=UUID(int=number), model_version=of, block=NOW - timedelta(days=days_ago), answered=1,
            refused=0, failed=0, counted_until=NOW,
        )  # fmt: skip
    prune(version.registered_model, now=NOW)
    assert sorted(RequestCount.objects.values_list("pk", flat=True)) == [UUID(int=3), UUID(int=4)]


def test_a_version_keeps_its_row_while_counts_speak_of_it():
    model = make_model()
    counted, _ = make_version(model, "a"), make_version(model, "b")
    ModelVersion.objects.update(created_at=NOW - timedelta(days=365))
    RequestCount.objects.create(
        id=UUID(int=1), model_version=counted, block=NOW, answered=1, refused=0, failed=0, counted_until=NOW
    )
    prune(model, now=NOW)
    assert ModelVersion.objects.filter(pk=counted.pk).exists()


def test_labels_go_with_their_predictions():
    version = make_version(make_model(), "a")
    old, young = predicted(version, days_ago=31), predicted(version, days_ago=29)
    for prediction in (old, young):
        Feedback.objects.create(prediction=prediction, label=0, who="ann")
    assert prune(version.registered_model, now=NOW).predictions == 1
    assert Feedback.objects.get().prediction == young


def test_a_version_keeps_its_row_while_predictions_speak_of_it():
    model = make_model()
    logged, silent, newest = (make_version(model, name) for name in "abc")
    ModelVersion.objects.update(created_at=NOW - timedelta(days=365))
    predicted(logged, days_ago=29)
    assert prune(model, now=NOW).versions == 1
    assert set(ModelVersion.objects.all()) == {logged, newest}
    assert not ModelVersion.objects.filter(pk=silent.pk).exists()
    assert prune(model, now=NOW + timedelta(days=2)).versions == 1
    assert set(ModelVersion.objects.all()) == {newest}


def test_a_prediction_that_comes_in_meanwhile_stops_the_removal_of_versions_only(monkeypatch):
    model = make_model()
    logged, _ = (make_version(model, name) for name in "ab")
    ModelVersion.objects.update(created_at=NOW - timedelta(days=365))
    batches = retention._batches

    def and_meanwhile(rows):
        for batch in batches(rows):
            if logged.pk in batch and '"retired_at" IS NOT NULL' in str(rows.query):
                predicted(logged, days_ago=29)
            yield batch

    monkeypatch.setattr(retention, "_batches", and_meanwhile)
    done = prune(model, now=NOW)
    assert (done.versions, done.retired) == (0, 2)
    assert ModelVersion.objects.count() == 2
