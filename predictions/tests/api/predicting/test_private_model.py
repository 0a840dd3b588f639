"""A default model that is not public is served to callers with a token and a role for it only."""

import json

import pytest

from predictions.api import access
from predictions.models import RegisteredModel
from predictions.models.people.roles import give
from predictions.serving.follower import Follower
from predictions.tests.factories import make_model, make_person, token_of

pytestmark = pytest.mark.django_db
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}


@pytest.fixture
def private(live):
    RegisteredModel.objects.update(public=False)
    Follower().step()
    return live


def reader_of(model, name="ann"):
    person = make_person(name)
    give(person, {"reader"}, model)
    return person


def predict(client, path="/predict", **extra):
    return client.post(path, json.dumps(ROW), content_type="application/json", **extra)


def test_it_is_not_asked_without_a_token(client, private):
    reply = predict(client)
    assert (reply.status_code, reply.json()["code"]) == (401, "not_authenticated")
    assert "X-Model-Version" not in reply
    assert client.get("/current_model").status_code == 401


def test_a_reader_may_ask(client, private):
    headers = token_of(reader_of(private.registered_model))
    assert predict(client, headers=headers).json() == {"species": 0, "model": "rf-12-base"}
    assert client.get("/current_model", headers=headers).json()["currentModelVersion"] == "1.0"


def test_a_reader_of_another_model_may_not_and_is_told_no_name(client, private):
    headers = token_of(reader_of(make_model(public=False)))
    reply = predict(client, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (403, "permission_denied")
    assert client.get("/current_model", headers=headers).status_code == 403
    named = predict(client, "/api/models/iris/predict", headers=headers)
    unknown = predict(client, "/api/models/none/predict", headers=headers)
    assert (named.status_code, unknown.status_code) == (404, 404)
    assert named.json()["detail"].replace("iris", "none") == unknown.json()["detail"]


def test_a_permission_for_all_models_is_enough(client, private):
    assert predict(client, headers=token_of(make_person("all", "predict"))).status_code == 200


def test_the_permission_is_looked_up_once_in_seconds(client, private, django_assert_num_queries):
    ann = reader_of(private.registered_model)
    headers = token_of(ann)
    predict(client, headers=headers)
    with django_assert_num_queries(2):  # the token and its user
        assert predict(client, headers=headers).status_code == 200
    give(ann, set(), private.registered_model)
    assert predict(client, headers=headers).status_code == 200
    access.forget()
    assert predict(client, headers=headers).status_code == 403


def test_a_public_model_needs_no_look_up(client, live, django_assert_num_queries):
    headers = token_of(make_person())
    predict(client, headers=headers)
    with django_assert_num_queries(2):  # the token and its user
        assert predict(client, headers=headers).status_code == 200
    with django_assert_num_queries(0):
        assert predict(client).status_code == 200


def test_it_says_nothing_of_itself_without_a_token_where_nothing_is_live(client, weak):
    RegisteredModel.objects.update(public=False)
    Follower().step()
    assert predict(client).status_code == 401


def test_the_schema_does_not_describe_it(client, private):
    assert b"sepallength" not in client.get("/schema").content
