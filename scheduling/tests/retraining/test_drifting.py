"""Drift fires: of the newest judged run, of the watch's losses, of the log; and not twice for one finding."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest
from django.utils import timezone

from predictions.models import Feedback, Prediction
from predictions.models.prediction import first_id_at
from scheduling.models import Run, ScheduleLook, Watch
from scheduling.retraining import looking
from scheduling.retraining.drifting import drift_of
from scheduling.tests.retraining.conftest import make_drift
from scheduling.tests.run_factory import make_run
from scheduling.tests.version_factory import make_live
from scheduling.tests.watch_factory import watched
from scheduling.watch.baseline import rules_for
from scheduling.watch.rules import Rules

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def judged(model, level, *, ago=HOUR, check="feature_drift"):
    then = timezone.now() - ago
    run = make_run(model, task="retrain", status="finished", started_at=then, finished_at=then)
    columns = {"measured": {}, "limit": {}, "message": "The data have changed.", "seconds": 0.1}
    run.results.create(check_id=check, level=level, blocking=False, **columns)
    return run


def fires(model, **since):
    return drift_of(model, **{"since": None, "looked_at": timezone.now()} | since).fires


def log_rows(version, rows, *, labels=None):
    """Requests of the last hour, with their labels."""
    start = timezone.now() - HOUR
    for i, row in enumerate(rows):
        pk = UUID(int=first_id_at(start + timedelta(seconds=i)).int + 7)
        asked = {"registered_model": version.registered_model, "model_version": version, "inputs": row}
        prediction = Prediction.objects.create(id=pk, **asked, output=0, latency_us=1)
        if labels:
            Feedback.objects.create(prediction=prediction, label=labels[i], who="ann")


@pytest.mark.parametrize("check", ["feature_drift", "label_drift"])
def test_the_newest_judged_run_decides(iris, check):
    assert not fires(iris)
    run = judged(iris, "fail", check=check)
    found = drift_of(iris, since=None, looked_at=timezone.now())
    assert found.fires
    assert f"un {run.pk} saw drift ({check})" in found.sentence
    judged(iris, "pass", ago=HOUR / 2)
    assert not fires(iris)


def test_another_check_that_failed_is_no_drift(iris):
    judged(iris, "fail", check="prediction_drift")
    assert not fires(iris)


def test_it_fires_once_for_what_a_run_saw_and_again_for_what_is_new(iris):
    drifting = make_drift(iris)
    judged(iris, "fail")
    looking.look(drifting, now=timezone.now())
    run = Run.objects.queued().get()
    assert run.schedule == drifting
    Run.objects.filter(pk=run.pk).update(status="finished", finished_at=timezone.now())
    looking.look(drifting, now=timezone.now() + 25 * HOUR)
    assert not Run.objects.queued().exists()
    judged(iris, "fail", ago=-HOUR)
    looking.look(drifting, now=timezone.now() + 26 * HOUR)
    assert Run.objects.queued().count() == 1


def test_a_watch_that_sees_the_loss_rising(iris, strong, weak):
    make_live(strong)
    watched(iris)
    make_live(weak)
    assert not fires(iris)
    watch = Watch.objects.get()
    rules = msgspec.to_builtins(rules_for(watch.promotion, limits=watch.limits))
    Watch.objects.update(evidence=rules, looked_at=timezone.now())
    assert not fires(iris)
    worse = msgspec.convert(rules, Rules).labels.after([-1.0] * 200, tolerance=0.01)
    rules["labels"] = msgspec.to_builtins(worse)
    Watch.objects.update(evidence=rules)
    found = drift_of(iris, since=None, looked_at=timezone.now())
    assert (found.fires, "loss rising" in found.sentence) == (True, True)
    assert not fires(iris, since=timezone.now() + HOUR)


def test_without_any_run_the_log_is_compared_with_the_newest_training_rows(iris, strong):
    strong.refresh_from_db()
    training = iris.datasets.filter(role="training").first()
    type(strong).objects.filter(pk=strong.pk).update(training_dataset=training)
    make_live(strong)
    iris.check_limits.create(
        check_id="feature_drift", limits={"least_logged_rows": 60, "drift_distance": 0.3}
    )
    iris.check_limits.create(check_id="label_drift", enabled=False)
    names = ["sepallength", "sepalwidth", "petallength", "petalwidth"]
    log_rows(strong, [dict(zip(names, (7 + i / 100, 4, 6.5, 2.4 + i / 100), strict=True)) for i in range(80)])
    assert not fires(iris)  # nothing was asked since the last look
    found = drift_of(iris, since=None, looked_at=None)
    assert (found.fires, "feature_drift" in found.sentence) == (True, True)


def test_a_quiet_log_is_no_drift_and_no_run(iris, strong):
    drifting = make_drift(iris)
    looking.look(drifting, now=timezone.now())
    assert ScheduleLook.objects.get(schedule=drifting).found
    assert not Run.objects.exists()
