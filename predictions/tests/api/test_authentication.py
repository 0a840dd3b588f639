"""Callers are known by token only; a bad one is 401, never a server error."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone
from knox.models import AuthToken

from predictions.tests.factories import ledger, make_live, make_model, make_person, make_version, token_of

pytestmark = pytest.mark.django_db
BODY = {"model": "wine", "version": "1.1", "replaces": "1.0", "reason": "r"}


@pytest.fixture
def wine():
    model = make_model()
    make_live(make_version(model, "a"))
    make_version(model, "b")
    return model


def promote(client, headers):
    client.raise_request_exception = False
    return client.post("/api/promotions", BODY, content_type="application/json", headers=headers)


def test_a_token_is_stored_as_a_hash():
    token = token_of(make_person())["Authorization"].removeprefix("Token ")
    row = AuthToken.objects.get()
    assert token not in str(vars(row))
    assert len(row.digest) == 128


def test_a_token_that_has_expired_is_401(client, wine):
    headers = token_of(make_person("ann", "promote_version"), expiry=timedelta(days=1))
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert promote(client, headers).status_code == 401
    assert len(ledger()) == 1


def test_a_token_that_a_wrong_clock_made_good_for_years_is_401_and_says_why(client, wine):
    with time_machine.travel(timezone.now() + timedelta(days=3652)):
        headers = token_of(make_person("ann", "promote_version"))
    reply = promote(client, headers)
    wrong = promote(client, {"Authorization": "Token wrong"})
    assert (reply.status_code, wrong.status_code) == (401, 401)
    assert reply.json()["detail"] != wrong.json()["detail"]
    assert len(ledger()) == 1


def test_a_token_expires_after_the_days_of_the_settings(client, wine, config):
    headers = token_of(make_person("ann", "promote_version"))
    lives = AuthToken.objects.get().expiry - timezone.now()
    assert lives.days in (config.TOKEN_DAYS - 1, config.TOKEN_DAYS)
    assert promote(client, headers).status_code == 201


@pytest.mark.parametrize(
    "value",
    ["Token é", "Token ×" * 8, "Token 0", "Token " + "f" * 64, "Token", "Token a b", "Token " + "x" * 5000,
     "token", "Basic YTpi", "Bearer abc", "", "Tokenabc"],
)  # fmt: skip
def test_a_header_that_is_no_token_is_401(client, wine, value):
    reply = promote(client, {"Authorization": value})
    assert reply.status_code == 401
    assert reply.json().keys() == {"code", "detail", "errors"}
    assert reply["WWW-Authenticate"] == "Token"
    assert len(ledger()) == 1


def test_a_null_character_in_a_token_is_401(client, wine):
    """PostgreSQL takes none in a query."""
    assert promote(client, {"Authorization": "Token a\x00b"}).status_code == 401


def test_a_token_is_worth_nothing_once_it_or_its_person_is_gone(client, wine):
    ann = make_person("ann", "promote_version")
    headers = token_of(ann)
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert promote(client, headers).status_code == 401
    User.objects.filter(pk=ann.pk).update(is_active=True)
    AuthToken.objects.all().delete()
    assert promote(client, headers).status_code == 401
    assert len(ledger()) == 1


def test_a_cookie_of_the_admin_is_no_token(client, wine):
    boss = make_person("boss", is_superuser=True, is_staff=True)
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/").status_code == 200
    assert promote(client, {}).status_code == 401
    assert len(ledger()) == 1


def test_a_bad_token_is_refused_where_none_is_needed(client, wine):
    assert client.get("/api/models", headers={"Authorization": "Token 0"}).status_code == 401
    assert client.get("/api/models").status_code == 200
