"""A default model that is not public is served to callers with a token only."""

import json

import pytest

from predictions.models import RegisteredModel
from predictions.serving.follower import Follower
from predictions.tests.factories import make_person, token_of

pytestmark = pytest.mark.django_db
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}


@pytest.fixture
def private(live):
    RegisteredModel.objects.update(public=False)
    Follower().step()
    return live


def predict(client, **extra):
    return client.post("/predict", json.dumps(ROW), content_type="application/json", **extra)


def test_it_is_not_asked_without_a_token(client, private):
    reply = predict(client)
    assert (reply.status_code, reply.json()["code"]) == (401, "not_authenticated")
    assert "X-Model-Version" not in reply
    assert client.get("/current_model").status_code == 401


def test_any_token_may_ask(client, private):
    headers = token_of(make_person())
    assert predict(client, headers=headers).json() == {"species": 0, "model": "rf-12-base"}
    assert client.get("/current_model", headers=headers).json()["currentModelVersion"] == "1.0"


def test_it_says_nothing_of_itself_without_a_token_where_nothing_is_live(client, weak):
    RegisteredModel.objects.update(public=False)
    Follower().step()
    assert predict(client).status_code == 401


def test_the_schema_does_not_describe_it(client, private):
    assert b"sepallength" not in client.get("/schema").content
