"""The first request of a worker starts the follower; a live server in tests goes one round with each."""

import json
import os
from dataclasses import replace
from threading import enumerate as threads

import pytest
import urllib3
from django.core import mail
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from django.test.client import AsyncClientHandler, ClientHandler
from rest_framework.test import ForceAuthClientHandler

from mlsite.tests.processes import clean_environment, run
from predictions.models import ModelVersion
from predictions.serving import first_request, serving, web_worker
from predictions.tests.factories import make_live

pytestmark = pytest.mark.django_db  # other receivers of the signal look at the connections
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}


@pytest.fixture
def listening():
    """As in a server, and not as in the other tests."""
    first_request.listen()
    yield
    first_request.ignore()


@pytest.fixture
def started(listening, monkeypatch):
    """The patience with which the follower was started, each time; outside of a test run."""
    calls, answers = [], []
    monkeypatch.delattr(mail, "outbox")

    def start(*, patience):
        calls.append(patience)
        return answers.pop() if answers else True

    monkeypatch.setattr(web_worker, "start", start)
    monkeypatch.setattr(first_request, "_is_over", False)
    return calls, answers


@pytest.mark.parametrize("handler", [WSGIHandler, ASGIHandler, type("Own", (WSGIHandler,), {})])
def test_the_first_request_starts_it_and_the_next_cost_nothing(started, handler):
    request_started.send(sender=handler)
    request_started.send(sender=handler)
    assert started[0] == [first_request.PATIENCE]


def test_while_it_does_not_know_what_is_live_each_request_waits(started):
    calls, answers = started
    answers[:] = [True, False]
    for _ in range(3):
        request_started.send(sender=WSGIHandler)
    assert len(calls) == 2


def told_by_a_fork(find):
    """What a forked child finds, as a number below 256."""
    pid = os.fork()
    if not pid:
        os._exit(find())
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_a_worker_forked_after_a_first_request_waits_for_its_own(started, live):
    request_started.send(sender=WSGIHandler)

    def find():
        answers = len(serving.current().models)
        request_started.send(sender=WSGIHandler)
        return 10 * answers + len(started[0])

    assert (told_by_a_fork(find), find()) == (2, 11)


@pytest.mark.parametrize("handler", [ClientHandler, AsyncClientHandler, ForceAuthClientHandler])
def test_the_test_client_starts_nothing(started, handler):
    request_started.send(sender=handler)
    assert started[0] == []


def test_the_test_client_serves_what_a_test_has_loaded(listening, client, weak):
    make_live(weak)
    assert client.post("/predict", ROW, content_type="application/json").status_code == 503
    first_request.follow_once()
    assert client.post("/predict", ROW, content_type="application/json").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_live_server_serves_what_is_live_and_leaves_no_thread(listening, live_server, weak, strong):
    make_live(weak)
    for version in (weak, strong):
        if version is strong:
            make_live(strong)
        with urllib3.PoolManager(retries=False) as pool:  # a kept connection is one that the server closes
            reply = pool.request("POST", f"{live_server.url}/predict", body=json.dumps(ROW))
        assert (reply.status, reply.headers["X-Model-Version"]) == (200, version.label)
    assert "follower" not in {thread.name for thread in threads()}
    assert not serving.manifest_path().exists()


def test_a_version_of_the_test_before_is_not_served_under_the_same_number(live):
    kept = serving.current()
    version = kept.default.version
    other = replace(version, known=replace(version.known, served_form_sha256="0" * 64))
    served = replace(kept.default, version=other)
    serving.swap(replace(kept, models={"iris": served}, default=served))
    first_request.follow_once()
    assert serving.current().default.version is not other
    assert serving.current().default.version.known == version.known
    assert ModelVersion.objects.get().pk == version.version_id


def test_a_command_loads_nothing_of_it(tmp_path):
    code = "import sys; print({'onnxruntime', 'predictions.serving.web_worker'} & sys.modules.keys())"
    ended = run("manage.py", "shell", "-v", "0", "-c", code, environment=clean_environment(tmp_path))
    assert ended.stdout.strip() == "set()", ended.stderr
