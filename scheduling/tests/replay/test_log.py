"""Drift against the prediction log is replayed while the log has the same rows, and told where it has not."""

import uuid

import pytest

from predictions.models import Feedback, Prediction
from scheduling.evidence.samples import LABELLED_LOG
from scheduling.judging.log_window import LogMovedOn, log_of, recent_log
from scheduling.models import CheckLimit
from scheduling.tests.replay.replays import assert_same, command, how, judged, replayed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api", "rehearsed")]
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}


@pytest.fixture(autouse=True)
def _few(iris):
    for check in ("feature_drift", "prediction_drift", "label_drift", "representative"):
        CheckLimit.objects.create(registered_model=iris, check_id=check, limits={"least_logged_rows": 3})


def log(version, *places):
    """Rows whose ids begin with these numbers: ids sort by time."""
    return Prediction.objects.bulk_create(
        Prediction(
            id=uuid.UUID(int=place << 80 | 1),
            registered_model=version.registered_model,
            model_version=version,
            inputs=ROW | {"petalwidth": 0.2 + place},
            output=0,
            latency_us=100,
        )
        for place in places
    )


def prune(place):
    Prediction.objects.filter(pk=uuid.UUID(int=place << 80 | 1)).delete()


@pytest.fixture
def run(iris, live, strong):
    log(live, 10, 20, 30)
    run = judged(iris, strong)
    assert run.evidence["log"]["asked"]["rows"] == 3
    assert run.results.get(check_id="feature_drift").details["recent"]["name"] == "prediction log"
    return run


def test_newer_rows_are_no_matter(run, live):
    log(live, 31, 40, 50, 60)
    assert how(assert_same(run))["feature_drift"] == "REPLAYED"


def assert_moved_on(run, found):
    again = replayed(run)
    unable = {check.id: check.why for check in again.checks if check.how.name == "NOT_REPLAYABLE"}
    assert set(unable) == {"feature_drift", "prediction_drift", "label_drift", "representative"}
    assert f" {found} the 3 rows" in unable["feature_drift"]
    assert again.differences == []
    assert unable["feature_drift"][:20] in command("replay_run", run.pk)


def test_rows_that_were_pruned_are_told_and_the_outcomes_of_then_stand(run):
    prune(10)
    assert_moved_on(run, "2 of")


def test_rows_that_were_ingested_late_are_told_and_the_outcomes_of_then_stand(run, live):
    log(live, 15)
    assert_moved_on(run, "more than")


def test_as_many_other_rows_are_not_the_same(run, live):
    windows = run.evidence["log"]
    prune(20)
    log(live, 21)
    with pytest.raises(LogMovedOn, match="3 of the 3 rows"):
        log_of(windows, live.signature)


def test_a_window_gives_the_rows_that_were_seen(run, live):
    newest = recent_log(live.signature, least=3, most=9)
    again = log_of(newest.windows, live.signature)
    assert again.asked.equals(newest.asked)
    assert again.windows == newest.windows == run.evidence["log"]


def tell(place, label):
    prediction = Prediction.objects.get(pk=uuid.UUID(int=place << 80 | 1))
    Feedback.objects.create(prediction=prediction, label=label, who="ann")


def test_told_labels_are_replayed_until_another_is_told_between_them(iris, live, strong):
    log(live, 10, 20, 30, 40)
    for place in (10, 30, 40):
        tell(place, 1)
    run = judged(iris, strong)
    assert run.results.get(check_id="label_drift").details["recent"]["name"] == LABELLED_LOG
    assert how(assert_same(run))["label_drift"] == "REPLAYED"
    tell(20, 1)
    assert_moved_on(run, "more than")
