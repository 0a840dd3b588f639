"""One step of the follower makes what is served equal to the ledger."""

import json

import pytest

from predictions.models import Worker
from predictions.models.promotion import live_promotion
from predictions.registry.promotion import roll_back
from predictions.serving import serving
from predictions.serving.follower import Follower
from predictions.tests.factories import APPROVAL, ledger, make_live, make_model, make_version

pytestmark = pytest.mark.django_db
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}


def answer_of(client, row=ROW):
    return client.post("/predict", json.dumps(row), content_type="application/json")


def test_nothing_is_served_before_anything_is_live(client, weak):
    Follower().step()
    assert serving.current().default.version is None
    assert (serving.current().problems, Worker.objects.get().serves) == ({}, {})
    assert answer_of(client).status_code == 503


def test_an_empty_registry_is_no_problem(client, db):
    Follower().step()
    assert (serving.current().models, serving.current().default) == ({}, None)
    assert answer_of(client).status_code == 503


def test_a_flip_is_noticed_by_the_next_step(client, live, strong):
    follower = Follower()
    follower.step()
    assert answer_of(client)["X-Model-Version"] == "1.0"
    make_live(strong)
    assert answer_of(client)["X-Model-Version"] == "1.0"
    follower.step()
    assert answer_of(client)["X-Model-Version"] == "1.1"
    assert client.get("/current_model").json()["currentModelName"] == "rf-24-run1.joblib"
    assert Worker.objects.get().serves == {"iris": "1.1"}
    assert [row[2] for row in ledger()] == ["rf-12-base", "rf-24-run1"]


def test_a_roll_back_is_noticed_too(client, live, strong):
    make_live(strong)
    follower = Follower()
    follower.step()
    model = strong.registered_model
    roll_back(registered_model=model, replacing=live_promotion(model), approval=APPROVAL)
    follower.step()
    assert answer_of(client)["X-Model-Version"] == "1.0"
    assert ledger()[-1] == (3, "roll_back", "rf-12-base", 1)


def test_a_version_is_loaded_once_while_it_stays_live(live, django_assert_num_queries):
    follower = Follower()
    follower.step()
    loaded = serving.current().default.version
    with django_assert_num_queries(1):  # the poll
        follower.step()
    assert serving.current().default.version is loaded


def test_what_people_edit_of_the_model_arrives(client, live):
    model = live.registered_model
    model.invalid_input_message = "Please measure again."
    model.save()
    Follower().step()
    assert answer_of(client, {}).json()["errorMessage"] == "Please measure again."
    model.public = False
    model.save()
    Follower().step()
    assert answer_of(client).status_code == 401


def test_another_default_model_arrives(client, live):
    model = live.registered_model
    model.is_default = False
    model.save()
    make_model("wine", is_default=True)
    Follower().step()
    assert answer_of(client).json() | {"errorMessage": ""} == {
        "kind": None, "model": None, "errorMessage": "", "errorDetails": []
    }  # fmt: skip
    assert serving.current().models["iris"].version.label == "1.0"


def test_every_model_is_loaded_and_one_that_fails_harms_no_other(live):
    make_live(make_version(make_model("broken"), "b"))
    make_model("idle")
    Follower().step()
    snapshot = serving.current()
    loaded = {name: served.version and served.version.label for name, served in snapshot.models.items()}
    assert loaded == {"broken": None, "idle": None, "iris": "1.0"}
    assert snapshot.problems.keys() == {"broken"}
