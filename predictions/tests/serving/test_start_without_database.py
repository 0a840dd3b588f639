"""A worker that starts while the database is away serves what was live last, proved as always."""

import json
import logging
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection

from predictions.models import Worker
from predictions.serving import follower as follower_module
from predictions.serving import serving
from predictions.serving.follower import Follower
from predictions.tests.factories import make_live

pytestmark = pytest.mark.django_db(transaction=True)  # the follower closes the connection that failed
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}


def away(execute, sql, params, many, context):
    raise OperationalError("server closed the connection unexpectedly")


def predict(client):
    return client.post("/predict", json.dumps(ROW), content_type="application/json")


@pytest.fixture
def started(live):
    """A follower of a process that has just been started and read nothing."""
    serving.swap(serving.Snapshot())
    Worker.objects.all().delete()
    return Follower()


def lines(caplog, level):
    return [r.getMessage() for r in caplog.records if r.levelno == level and r.name.startswith("predictions")]


def test_it_answers_and_says_degraded(client, started, caplog):
    with connection.execute_wrapper(away):
        for _ in range(3):
            started.step()
        reply = predict(client)
        assert (reply.status_code, reply["X-Model-Version"]) == (200, "1.0")
        assert reply.json() == {"species": 0, "model": "rf-12-base"}
        assert client.get("/current_model").json()["currentModelVersion"] == "1.0"
        ready = client.get("/health/ready")
    body = ready.json()
    assert (ready.status_code, body["status"], body["models"]) == (200, "degraded", {"iris": "1.0"})
    [first, second] = lines(caplog, logging.WARNING)  # once, not four times a second
    assert "server closed the connection" in first
    assert f"{datetime.fromtimestamp(serving.Manifest.read().written_at, UTC):%F %T}" in second


def test_it_refuses_bad_input_as_always(client, started):
    with connection.execute_wrapper(away):
        started.step()
        reply = client.post("/predict", json.dumps(ROW | {"petalwidth": -1}), content_type="application/json")
    assert (reply.status_code, reply.json()["errorDetails"][0]["field"]) == (400, "petalwidth")
    assert reply.json()["errorMessage"] == "Please ensure all feature values provided are positive numbers."


def test_it_follows_the_ledger_as_soon_as_the_database_is_back(client, started, strong):
    with connection.execute_wrapper(away):
        started.step()
    loaded = serving.current().default.version
    started.step()
    assert serving.current().default.version is loaded  # not loaded twice
    assert not serving.current().database_away
    make_live(strong)
    started.step()
    assert predict(client)["X-Model-Version"] == "1.1"
    assert Worker.objects.get().serves == {"iris": "1.1"}
    assert serving.Manifest.read().models[0].version.label == "1.1"


def test_a_file_that_is_not_the_kept_one_is_not_served(client, started, live, config):
    (config.MEDIA_ROOT / live.served_form).write_bytes(b"rubbish")
    with connection.execute_wrapper(away):
        started.step()
        assert predict(client).status_code == 503
        ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (503, "unready")
    assert "sha256 differs" in ready.json()["problems"]["iris"]


def test_a_file_that_comes_back_is_served_without_the_database(client, started, live, config, monkeypatch):
    path = config.MEDIA_ROOT / live.served_form
    content = path.read_bytes()
    path.unlink()
    with connection.execute_wrapper(away):
        started.step()
        path.write_bytes(content)
        monkeypatch.setattr(follower_module, "RETRY_SECONDS", 0.0)
        started.step()
        assert predict(client).status_code == 200


def test_without_a_manifest_it_answers_503_and_says_why(client, started, caplog):
    serving.manifest_path().unlink()
    with connection.execute_wrapper(away):
        for _ in range(3):
            started.step()
        assert predict(client).status_code == 503
        assert client.get("/health/live").status_code == 200
        assert client.get("/health/ready").status_code == 503
    [line] = lines(caplog, logging.ERROR)
    assert str(serving.manifest_path()) in line


def test_one_that_somebody_else_wrote_is_not_believed(client, started, settings):
    settings.SECRET_KEY = "another key of another installation, 50 letters"
    with connection.execute_wrapper(away):
        started.step()
        assert predict(client).status_code == 503
