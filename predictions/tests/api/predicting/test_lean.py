"""The short way of a POST without a token and DRF's own way answer alike."""

import json
import sys

import pytest
from django.core.signals import got_request_exception, request_finished
from django.http import HttpResponse
from django.test import RequestFactory
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.throttling import BaseThrottle

from predictions.api.views import lean
from predictions.api.views.lean import FromMemory, LeanView
from predictions.api.views.predict import Predict
from predictions.lane import middleware
from predictions.tests.factories import make_person, token_of

pytestmark = pytest.mark.django_db
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}
PATHS = ["/predict", "/api/models/iris/predict", "/v2/models/iris/infer"]
BODIES = [json.dumps(ROW).encode(), b"{}", b"", b"rubbish", b"[" * 100_000, b"x" * 3_000_000]


def without_ids(reply):
    body = {key: value for key, value in reply.json().items() if key not in ("prediction_id", "parameters")}
    headers = {
        name: value for name, value in reply.items() if name not in ("X-Prediction-Id", "Content-Length")
    }
    for name in ("Allow", "Vary"):  # DRF tells of methods in every answer
        headers.pop(name, None)
    return reply.status_code, body, headers


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", BODIES, ids=["row", "empty", "none", "rubbish", "deep", "large"])
def test_with_a_token_and_without_the_answer_is_the_same(client, live, config, path, body):
    config.MAX_BATCH_BYTES = config.MAX_BODY_BYTES
    short = client.post(path, body, content_type="application/json")
    whole = client.post(path, body, content_type="application/json", headers=token_of(make_person()))
    assert without_ids(short) == without_ids(whole)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("token", ["Token wrong", "Token", "Token é"])
def test_a_token_that_is_sent_is_looked_at(client, live, path, token):
    reply = client.post(
        path, json.dumps(ROW), content_type="application/json", headers={"Authorization": token}
    )
    assert reply.status_code == 401
    assert reply["WWW-Authenticate"].startswith("Token")


class Never(BaseThrottle):
    def allow_request(self, request, view):
        return False


@pytest.mark.parametrize(
    ("columns", "status"),
    [({"throttle_classes": [Never]}, Throttled.status_code), ({"permission_classes": [IsAuthenticated]}, 401),
     ({"permission_classes": [AllowAny]}, 200)],
)  # fmt: skip
def test_what_a_view_asks_of_everybody_is_asked_without_a_token_too(live, columns, status):
    request = RequestFactory().post("/predict", json.dumps(ROW), content_type="application/json")
    assert type("Asking", (Predict,), columns).as_view()(request).status_code == status


@pytest.fixture
def finished():
    """The signals `request_finished` that were sent."""
    sent = []

    def count(**facts):
        sent.append(facts)

    request_finished.connect(count)
    yield sent
    request_finished.disconnect(count)


@pytest.mark.parametrize(
    ("known", "kind", "signals"),
    [(False, FromMemory, 0), (False, HttpResponse, 1), (True, FromMemory, 1)],
)
def test_an_answer_from_memory_alone_does_not_make_django_look_at_connections(
    live, rf, finished, monkeypatch, known, kind, signals
):
    monkeypatch.setattr(lean, "ANONYMOUS", kind)
    headers = token_of(make_person()) if known else {}
    reply = Predict.as_view()(
        rf.post("/predict", json.dumps(ROW), content_type="application/json", headers=headers)
    )
    closed = []
    reply._resource_closers.append(lambda: closed.append(1))
    reply.close()
    assert (reply.status_code, reply.closed, closed) == (200, True, [1])
    assert len(finished) == signals


def test_middleware_that_may_ask_the_database_has_its_connections_closed(settings, config):
    assert lean.ANONYMOUS is FromMemory
    assert middleware.sees_no_prediction()
    config.FAST_LANE = False
    assert not middleware.sees_no_prediction()
    config.FAST_LANE, settings.MIDDLEWARE = True, ["shop.middleware.Tenant"]
    assert not middleware.sees_no_prediction()


def test_a_bug_is_not_hidden(rf):
    class Broken(LeanView):
        def post(self, request):
            raise ZeroDivisionError

    told = []

    def tell(**_):
        told.append(sys.exc_info()[0])

    got_request_exception.connect(tell)
    assert Broken.as_view()(rf.post("/")).status_code == 500
    assert told == [ZeroDivisionError]
