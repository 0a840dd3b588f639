"""Recipes by the API: set, read, removed, refused by field; and the moment that a retraining reads as of."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from predictions.tests.factories import make_model, make_person, token_of
from scheduling.models import Recipe, Run

PATH = "/api/models/iris/recipe"
FOREST = {"kind": "estimator", "estimator": "RandomForestClassifier", "name_template": "rf-{run}"}


@pytest.fixture
def model(db):
    return make_model("iris")


@pytest.fixture
def ann(model):
    return token_of(make_person("ann", "change_policy", "request_run"))


def put(client, headers, **body):
    return client.put(PATH, body, content_type="application/json", headers=headers)


def test_a_recipe_is_set_read_set_again_and_removed(client, ann, config):
    config.TRAINERS = {"own": "shop.training:train"}
    assert client.get(PATH, headers=ann).status_code == 404
    first = put(client, ann, **FOREST, parameters={"n_estimators": [12, 24]})
    assert first.status_code == 200
    assert first.json() == client.get(PATH, headers=ann).json()
    second = put(client, ann, kind="trainer", trainer="own").json()
    assert (second["estimator"], second["parameters"], second["trainer"]) == ("", {}, "own")
    assert [record.history_by for record in Recipe.objects.get().history.all()] == ["ann"] * 2
    assert client.delete(PATH, headers=ann).status_code == 204
    assert not Recipe.objects.exists()
    assert client.delete(PATH, headers=ann).status_code == 404


def test_who_may_not(client, ann):
    assert put(client, {}, **FOREST).status_code == 401
    stranger = token_of(make_person("bob", "view_registeredmodel"))
    assert put(client, stranger, **FOREST).status_code == 403
    assert not Recipe.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "magic"}, "kind"),
        ({"estimator": "Oracle"}, "estimator"),
        ({"trainer": "own"}, "trainer"),
        ({"search_trials": 5}, "search_trials"),
        ({"kind": "search", "parameters": {"max_depth": [2]}, "search_trials": "5"}, "search_trials"),
        ({"kind": "search"}, "parameters"),
        ({"kind": "refit"}, "estimator"),
        ({"parameters": {"n_estimators": 12}}, "parameters"),
        ({"parameters": {"n_estimators": []}}, "parameters"),
        ({"name_template": "a/b"}, "name_template"),
        ({"something": 1}, "something"),
    ],
)
def test_what_is_refused_is_named(client, ann, changed, field):
    reply = put(client, ann, **FOREST | changed)
    assert reply.status_code == 400
    assert field in [error["field"] for error in reply.json()["errors"]]
    assert not Recipe.objects.exists()


def ask(client, headers, **body):
    return client.post(
        "/api/runs", {"model": "iris"} | body, content_type="application/json", headers=headers
    )


def test_a_retraining_as_of_a_moment_in_the_past(client, ann):
    assert ask(client, ann, task="retrain", as_of="2026-01-01T00:00:00Z").status_code == 202
    assert Run.objects.get().parameters == {"as_of": "2026-01-01T00:00:00+00:00"}


def test_a_retraining_that_repeats(client, ann):
    assert ask(client, ann, task="retrain", repeat=True).status_code == 202
    assert Run.objects.get().parameters == {"repeat": True}
    for body in ({"task": "retrain", "repeat": "yes"}, {"task": "prune", "repeat": True}):
        reply = ask(client, ann, **body)
        assert (reply.status_code, [error["field"] for error in reply.json()["errors"]]) == (400, ["repeat"])


@pytest.mark.parametrize(
    "body",
    [
        {"task": "prune", "as_of": "2026-01-01T00:00:00Z"},
        {"task": "retrain", "as_of": "yesterday"},
        {"task": "retrain", "as_of": (timezone.now() + timedelta(days=1)).isoformat()},
    ],
)
def test_a_moment_that_is_refused(client, ann, body):
    reply = ask(client, ann, **body)
    assert (reply.status_code, [error["field"] for error in reply.json()["errors"]]) == (400, ["as_of"])
    assert not Run.objects.exists()


def test_the_command_refuses_what_cannot_be(model):
    with pytest.raises(CommandError) as raised:
        call_command("retrain", "rose")
    assert raised.value.returncode == 2
    with pytest.raises(CommandError) as raised:
        call_command("retrain", "iris", as_of=timezone.now() + timedelta(days=1))
    assert raised.value.returncode == 2
    assert not Run.objects.exists()
