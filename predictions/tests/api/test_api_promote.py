"""`POST /api/promotions`: a person with a token makes a version live, or rolls back."""

import pytest
from django.utils import timezone

from predictions.models import ModelVersion, Promotion
from predictions.models.promotion import live_version
from predictions.tests.factories import ledger, make_live, make_model, make_person, make_version, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def wine():
    """A model with 1.0 live and 1.1 waiting."""
    model = make_model()
    make_live(make_version(model, "a"))
    make_version(model, "b")
    return model


@pytest.fixture
def post(client):
    """Post as `ann`, who may promote and roll back."""
    headers = token_of(make_person("ann", "promote_version", "roll_back_version"))

    def send(path="/api/promotions", **body):
        return client.post(path, body, content_type="application/json", headers=headers)

    return send


def test_it_promotes_and_answers_with_the_row(post, wine):
    reply = post(model="wine", version="1.1", replaces="1.0", reason="It is better.")
    assert reply.status_code == 201
    body = reply.json()
    row = Promotion.objects.latest()
    assert (body["sequence"], body["kind"], body["version"]) == (2, "promote", "1.1")
    assert (body["replaced_version"], body["by"], body["reason"]) == ("1.0", "ann", "It is better.")
    assert (row.version.label, row.user.username, row.reason) == ("1.1", "ann", "It is better.")
    assert live_version(wine).name == "b"


def test_it_promotes_the_first_version_where_nothing_is_live(post):
    make_version(make_model("roses"), "r")
    reply = post(model="roses", version="1.0", replaces=None, reason="first", kind="promote")
    assert (reply.status_code, reply.json()["replaced_version"]) == (201, None)
    assert ledger() == [(1, "promote", "r", None)]


def test_a_slash_at_the_end_promotes_too(post, wine):
    assert (
        post("/api/promotions/", model="wine", version="1.1", replaces="1.0", reason="r").status_code == 201
    )
    assert len(ledger()) == 2


def test_it_rolls_back_and_holds_the_model(post, wine):
    make_live(wine.signatures.get().versions.get(number=1))
    reply = post(model="wine", kind="roll_back", replaces="1.1", reason="complaints")
    assert reply.status_code == 201
    assert (reply.json()["version"], reply.json()["restores"]) == ("1.0", 1)
    wine.refresh_from_db()
    assert (wine.held_by, wine.held_reason) == ("ann", "rolled back: complaints")
    assert ledger()[-1] == (3, "roll_back", "a", 1)


def test_a_hold_does_not_stop_a_person(post, wine):
    wine.hold(by="bob", reason="wait")
    assert post(model="wine", version="1.1", replaces="1.0", reason="r").status_code == 201
    assert live_version(wine).name == "b"
    assert Promotion.objects.latest().by == "ann"


@pytest.mark.parametrize("replaces", [None, "1.1", "9.9", "rubbish"])
def test_naming_what_is_not_live_is_409(post, wine, replaces):
    before = ledger()
    reply = post(model="wine", version="1.1", replaces=replaces, reason="r")
    assert (reply.status_code, reply.json()["code"]) == (409, "live_version_changed")
    assert "1.0" in reply.json()["detail"]
    assert ledger() == before


def test_a_flip_in_between_is_409(post, wine):
    make_live(make_version(wine, "c"))
    before = ledger()
    for body in ({"version": "1.1"}, {"kind": "roll_back"}):
        reply = post(model="wine", replaces="1.0", reason="r", **body)
        assert (reply.status_code, reply.json()["code"]) == (409, "live_version_changed")
    wine.refresh_from_db()
    assert (ledger(), wine.is_held) == (before, False)


def test_promoting_what_is_live_is_409(post, wine):
    reply = post(model="wine", version="1.0", replaces="1.0", reason="r")
    assert (reply.status_code, reply.json()["code"]) == (409, "already_live")
    assert len(ledger()) == 1


def test_promoting_what_was_retired_is_409(post, wine):
    ModelVersion.objects.filter(name="b").update(retired_at=timezone.now())
    reply = post(model="wine", version="1.1", replaces="1.0", reason="r")
    assert (reply.status_code, reply.json()["code"]) == (409, "version_retired")
    assert len(ledger()) == 1


def test_rolling_back_the_first_version_is_409(post, wine):
    reply = post(model="wine", kind="roll_back", replaces="1.0", reason="r")
    assert (reply.status_code, reply.json()["code"]) == (409, "nothing_to_roll_back_to")
    wine.refresh_from_db()
    assert (len(ledger()), wine.is_held) == (1, False)


def test_rolling_back_where_nothing_is_live_is_409(post):
    make_model("roses")
    reply = post(model="roses", kind="roll_back", replaces=None, reason="r")
    assert (reply.status_code, reply.json()["code"]) == (409, "nothing_to_roll_back_to")
    assert ledger() == []


@pytest.mark.parametrize(("field", "value"), [("model", "none"), ("version", "9.9"), ("version", "x")])
def test_what_is_not_there_is_404_and_named(post, wine, field, value):
    body = {"model": "wine", "version": "1.1", "replaces": "1.0", "reason": "r"} | {field: value}
    reply = post(**body)
    assert (reply.status_code, reply.json()["code"]) == (404, "not_found")
    assert [error["field"] for error in reply.json()["errors"]] == [field]
    assert len(ledger()) == 1
