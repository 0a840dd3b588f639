"""A database that is away stops no prediction: the worker serves on from memory and says so."""

import json
import logging

import pytest
from django.db import OperationalError, connection

from predictions.models import Worker
from predictions.serving import serving
from predictions.serving.follower import Follower
from predictions.tests.factories import make_live

# With real transactions: the follower closes the connection that failed.
pytestmark = pytest.mark.django_db(transaction=True)
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}


def away(execute, sql, params, many, context):
    raise OperationalError("server closed the connection unexpectedly")


def refuse_writes(execute, sql, params, many, context):
    if not sql.startswith("SELECT"):
        raise OperationalError("database is locked")
    return execute(sql, params, many, context)


def predict(client):
    return client.post("/predict", json.dumps(ROW), content_type="application/json")


def test_it_serves_on_and_says_degraded(client, live, caplog):
    follower = Follower()
    with connection.execute_wrapper(away):
        for _ in range(3):
            follower.step()
        assert predict(client).status_code == 200
        assert client.get("/current_model").json()["currentModelVersion"] == "1.0"
        ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()["status"], ready.json()["database"]) == (200, "degraded", "away")
    assert ready.json()["models"] == {"iris": "1.0"}
    warnings = [
        r for r in caplog.records if r.levelno == logging.WARNING and r.name.startswith("predictions")
    ]
    assert len(warnings) == 1  # once, not four times a second


def test_it_catches_up_when_the_database_is_back(client, live, strong):
    follower = Follower()
    with connection.execute_wrapper(away):
        follower.step()
    make_live(strong)
    follower.step()
    assert not serving.current().database_away
    assert predict(client)["X-Model-Version"] == "1.1"
    assert client.get("/health/ready").json()["status"] == "ready"
    assert Worker.objects.get().serves == {"iris": "1.1"}


def test_a_report_that_cannot_be_written_does_not_stop_the_flip(client, live, strong):
    make_live(strong)
    follower = Follower()
    with connection.execute_wrapper(refuse_writes):
        follower.step()
        assert predict(client)["X-Model-Version"] == "1.1"
    assert Worker.objects.get().serves == {"iris": "1.0"}
    follower.step()
    assert Worker.objects.get().serves == {"iris": "1.1"}
