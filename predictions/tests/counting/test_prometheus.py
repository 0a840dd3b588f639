"""What a web worker counts: every answer, the time of predictions, and a bounded number of versions."""

import json
import os
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from predictions.counting import prometheus
from predictions.log.spool import Spool
from predictions.serving import serving
from predictions.serving.follower import Follower
from predictions.tests.factories import make_live

LOST = ("predictions_not_logged_total",)
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}


@pytest.fixture
def counting(config, tmp_path):
    """This process counts as a web worker does."""
    config.VAR_DIR = tmp_path / "counted"
    prometheus.start()
    yield prometheus._counting
    os.close(prometheus._counting.place.lock)
    prometheus._counting = None


def told():
    """(name, labels without le) -> value of every sample but buckets."""
    return {
        (s.name, *sorted(s.labels.values())): s.value
        for family in prometheus.families()
        for s in family.samples
        if not s.name.endswith("_bucket")
    }


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/predict", "/predict"), ("/predict/", "/predict"), ("/", "/"), ("", "/"),
        ("/health/ready/", "/health/ready"),
        ("/api/models/iris", "/api"), ("/api/models/iris/predict", "/api/…/predict"),
        ("/api/models/x/versions/1.0/predict/", "/api/…/predict"), ("/v2/models/iris/infer", "/v2/…/infer"),
        ("/admin", "/admin"), ("/admin/scheduling/run/7/", "/admin"), ("/administrator", "other"),
        ("/nothing/at/all", "other"), ("/predict/x", "other"), ("//", "/"),
    ],
)  # fmt: skip
def test_paths_have_few_labels(path, kind):
    assert prometheus.kind_of(path) == kind


def test_paths_of_another_project_have_the_same_labels(settings):
    settings.ROOT_URLCONF = "mlsite.tests.servers.project.urls"
    paths = ["/ml/predict", "/ml/", "/ml/api/models/iris/predict", "/predict", "/", "/orders/7"]
    kinds = [prometheus.kind_of.__wrapped__(path) for path in paths]
    assert kinds == ["/predict", "/", "/api/…/predict", "other", "other", "other"]
    settings.ROOT_URLCONF = "django.contrib.auth.urls"
    assert prometheus.kind_of.__wrapped__("/predict") == "other"


def answer(status=200, version=None):
    def application(environ, start_response):
        response = HttpResponse(status=status)
        if version:
            response.computed_by = version.version_id
        return response

    return prometheus.counted(application)


def test_every_answer_is_counted_by_path_and_status(counting):
    for path, status in (("/predict", 200), ("/predict/", 200), ("/predict", 400), ("/x", 404), ("/y", 404)):
        assert answer(status)({"PATH_INFO": path}, None).status_code == status
    assert told() == {
        ("http_requests_total", "/predict", "200"): 2,
        ("http_requests_total", "/predict", "400"): 1,
        ("http_requests_total", "404", "other"): 2,
        LOST: 0,
    }


def snapshot(number, model="iris"):
    version = SimpleNamespace(version_id=number, label=f"1.{number}", model=model)
    return [version], version


def test_predictions_are_timed_by_model_and_version(counting):
    served, version = snapshot(1)
    prometheus.serve(served)
    for _ in range(3):
        answer(version=version)({"PATH_INFO": "/predict"}, None)
    assert told()["prediction_seconds_count", "1.1", "iris"] == 3
    assert 0 < told()["prediction_seconds_sum", "1.1", "iris"] < 1


def test_a_version_that_was_never_live_has_no_series(counting):
    answer(version=SimpleNamespace(version_id=99))({"PATH_INFO": "/predict"}, None)
    assert {name for name, *_ in told()} == {"http_requests_total", *LOST}


def test_thousands_of_versions_leave_a_bounded_number_of_series_and_files(counting):
    at = 1_700_000_000
    for number in range(100):
        prometheus.serve(snapshot(number)[0])
        os.utime(counting.place.folder / f"histogram_0.iris.1.{number}.db", (at + number, at + number))
    shown = {labels[0] for name, *labels in told() if name == "prediction_seconds_count"}
    assert shown == {f"1.{number}" for number in range(90, 100)}
    assert len(list(counting.place.folder.glob("histogram_*"))) == prometheus.KEPT_VERSIONS
    assert len(counting._latency) == prometheus.KEPT_VERSIONS


def test_a_request_that_is_still_at_work_with_a_dropped_version_is_answered(counting, monkeypatch):
    monkeypatch.setattr(prometheus, "KEPT_VERSIONS", 1)
    served, version = snapshot(1)
    prometheus.serve(served)
    histogram = counting._latency[1]
    prometheus.serve(snapshot(2)[0])
    histogram.observe(0.1)
    assert answer(version=version)({"PATH_INFO": "/predict"}, None).status_code == 200


def test_the_versions_of_one_model_do_not_push_out_those_of_another(counting):
    prometheus.serve(snapshot(1, "wine")[0])
    for number in range(30):
        prometheus.serve(snapshot(100 + number)[0])
    assert ("prediction_seconds_count", "1.1", "wine") in told()


def test_a_disk_that_is_full_stops_nothing(config, tmp_path, monkeypatch, caplog):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    config.VAR_DIR = tmp_path / "counted"
    prometheus.start()
    assert prometheus._counting is None
    assert "No space left on device" in caplog.text
    assert answer()({"PATH_INFO": "/"}, None).status_code == 200
    assert list(prometheus.families()) == []


@pytest.mark.django_db
def test_a_load_that_fails_is_counted_each_time_it_is_tried(counting, live, strong, config, monkeypatch):
    monkeypatch.setattr("predictions.serving.follower.RETRY_SECONDS", 0.0)
    (config.MEDIA_ROOT / strong.served_form).unlink()
    make_live(strong)
    follower = Follower()
    follower.step()
    follower.step()
    assert told()["model_load_failures_total", "iris"] == 2


@pytest.mark.django_db
def test_a_real_prediction_is_counted_under_the_version_that_computed_it(client, counting, live, strong):
    follower = Follower()
    application = prometheus.counted(lambda environ, start_response: client.handler(environ))
    for version in (live, strong):
        if version is strong:
            make_live(strong)
        follower.step()
        request = RequestFactory().post("/predict", json.dumps(ROW), content_type="application/json")
        assert application(request.environ, None).status_code == 200
    assert serving.current().default.version.label == "1.1"
    assert told()["prediction_seconds_count", "1.0", "iris"] == 1
    assert told()["prediction_seconds_count", "1.1", "iris"] == 1
    assert told()["http_requests_total", "/predict", "200"] == 2


def test_predictions_that_are_not_logged_are_counted(counting, config, tmp_path):
    spool = Spool()
    config.SPOOL_DIR = tmp_path / "file"
    config.SPOOL_DIR.write_text("no folder")
    spool.append(b"{}\n", rows=3)
    spool.lose(rows=2, why="a value cannot be written")
    assert told()[LOST] == 5
