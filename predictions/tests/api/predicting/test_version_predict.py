"""`POST /api/models/{name}/versions/{label}/predict`: a candidate is tried before it is live."""

import json

import pytest
from django.utils import timezone

from predictions.models import ModelVersion, RegisteredModel
from predictions.registry import loading
from predictions.serving import answering, serving
from predictions.tests.factories import make_person, make_version, token_of

pytestmark = pytest.mark.django_db
ROW = {"sepallength": 5.9, "sepalwidth": 3.0, "petallength": 4.2, "petalwidth": 1.5}


@pytest.fixture(autouse=True)
def _empty_shelf():
    answering.shelf = answering.Shelf()
    yield
    answering.shelf = answering.Shelf()


@pytest.fixture
def tester(db):
    """The header of somebody who may try versions."""
    return token_of(make_person("tom", "try_version"))


def post(client, headers, label="1.1", body=ROW, model="iris"):
    path = f"/api/models/{model}/versions/{label}/predict"
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


def test_a_candidate_answers_while_another_version_is_live(client, live, strong, tester):
    before = serving.current()
    reply = post(client, tester)
    assert (reply.status_code, reply["X-Model-Version"]) == (200, "1.1")
    expected = loading.load(strong).predict([tuple(ROW.values())]).outputs[0]
    assert (reply.json()["version"], reply.json()["prediction"]) == ("1.1", expected)
    assert serving.current() is before
    assert serving.current().default.version.label == "1.0"


def test_many_rows_and_bad_rows_are_answered_as_for_the_live_version(client, live, strong, tester):
    assert len(post(client, tester, body=[ROW, ROW]).json()["predictions"]) == 2
    assert post(client, tester, body=[{}]).json()["errors"][0] == {
        "row": 0,
        "field": "sepallength",
        "message": "Field required",
    }


def test_it_needs_a_token_with_the_permission(client, live, strong):
    assert post(client, {}).status_code == 401
    assert post(client, token_of(make_person("ann", "promote_version"))).status_code == 403
    for label in ("1.0", "9.9"):
        assert post(client, {}, label).status_code == 401


def test_the_live_version_is_not_loaded_a_second_time(client, live, tester, monkeypatch):
    monkeypatch.setattr(loading, "load", None)
    assert post(client, tester, "1.0").json()["version"] == "1.0"


@pytest.mark.parametrize("label", ["1.7", "7.0", "1", "x", "01.0", "1.0.0"])
def test_an_unknown_version_is_404(client, live, tester, label):
    reply = post(client, tester, label)
    assert (reply.status_code, reply.json()["code"]) == (404, "not_found")
    assert post(client, tester, model="none").status_code == 404


def test_a_retired_version_is_409_also_when_it_was_tried_before(client, live, strong, tester):
    assert post(client, tester).status_code == 200
    ModelVersion.objects.filter(pk=strong.pk).update(retired_at=timezone.now())
    reply = post(client, tester)
    assert (reply.status_code, reply.json()["code"]) == (409, "version_retired")


def test_a_version_that_does_not_load_is_told_by_its_own_code(client, live, tester):
    make_version(RegisteredModel.objects.get(), "broken")
    reply = post(client, tester)
    assert (reply.status_code, reply.json()["code"]) == (503, "version_unloadable")
    assert "does not load" in reply.json()["detail"]
    assert post(client, tester, "1.0").status_code == 200


def test_while_another_is_loading_it_is_429_and_what_is_loaded_answers(client, live, strong, tester):
    other = make_version(RegisteredModel.objects.get(), "other")
    assert post(client, tester).status_code == 200
    with answering.shelf._loading:
        reply = post(client, tester, other.label)
        assert (reply.status_code, reply.json()["code"]) == (429, "already_loading")
        assert reply["Retry-After"] == "1"
        assert post(client, tester).status_code == 200
        assert post(client, tester, "1.0").status_code == 200
