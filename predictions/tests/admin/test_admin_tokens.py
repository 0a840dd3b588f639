"""API tokens in the admin: made and deleted there, shown once, kept as a hash."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken

from predictions.tests.admin_pages import log_entries, said, sign_in
from predictions.tests.factories import make_person, token_of

pytestmark = pytest.mark.django_db
ADD, LIST = "admin:knox_authtoken_add", "admin:knox_authtoken_changelist"


@pytest.fixture
def boss(client):
    return sign_in(client, "boss", is_superuser=True)


def add_token(client, person, days=30):
    return client.post(reverse(ADD), {"user": person.pk, "days": days})


def test_a_new_token_is_shown_once_and_works(client, boss):
    reply = add_token(client, make_person("ann"))
    token = reply.context["secret"]
    assert token in reply.content.decode()
    assert said(reply) == []  # a message may wait in a session's row
    assert token not in client.get(reverse(LIST)).content.decode()
    signed_out = type(client)()
    reply = signed_out.post("/api/promotions", headers={"Authorization": f"Token {token}"})
    assert reply.status_code == 400  # known, and asked for the fields
    assert AuthToken.objects.get().user.username == "ann"


def test_the_same_form_again_makes_no_second_token(client, boss):
    form = {"user": make_person("ann").pk, "days": 30, "csrfmiddlewaretoken": "of this page"}
    client.post(reverse(ADD), form)
    again = client.post(reverse(ADD), form)
    assert (again.status_code, again["Location"]) == (302, reverse(LIST))
    assert [level for level, _ in said(again)] == ["warning"]
    assert AuthToken.objects.count() == 1


def test_only_a_hash_and_a_short_beginning_is_kept(client, boss):
    reply = add_token(client, make_person("ann"))
    token = reply.context["secret"]
    kept = str(vars(AuthToken.objects.get()))
    assert token not in kept
    assert token not in str(log_entries())


def test_making_one_is_logged(client, boss):
    add_token(client, make_person("ann"))
    [(who, _, message)] = log_entries()
    assert (who, message) == ("boss", "Added.")


def test_it_lives_for_the_days_asked_for(client, boss):
    add_token(client, make_person("ann"), days=2)
    left = AuthToken.objects.get().expiry - timezone.now()
    assert timedelta(days=2, minutes=-1) < left <= timedelta(days=2)


@pytest.mark.parametrize("days", ["", "0", "-1", "3651", "x"])
def test_other_numbers_of_days_are_refused(client, boss, days):
    assert add_token(client, make_person("ann"), days=days).status_code == 200
    assert not AuthToken.objects.exists()


def test_it_is_deleted_and_not_changed(client, boss):
    token_of(make_person("ann"))
    token = AuthToken.objects.get()
    change = reverse("admin:knox_authtoken_change", args=[token.pk])
    page = client.get(change)
    assert page.status_code == 200
    assert not re.search(rb'name="(user|expiry|_save)"', page.content)
    assert client.post(change, {"user": make_person("eve").pk}).status_code == 403
    delete = reverse("admin:knox_authtoken_delete", args=[token.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 302
    assert not AuthToken.objects.exists()
