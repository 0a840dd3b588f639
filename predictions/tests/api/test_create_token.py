"""`manage.py create_token`: a token on standard output, once, and nothing else there."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from knox.models import AuthToken

from predictions.tests.factories import make_person

pytestmark = pytest.mark.django_db


def created(*arguments):
    out = io.StringIO()
    call_command("create_token", *arguments, stdout=out)
    return out.getvalue()


def test_it_prints_a_token_that_works(client):
    make_person("ann", "promote_version")
    said = created("ann")
    assert len(said.split()) == 1
    reply = client.post("/api/promotions", headers={"Authorization": f"Token {said.strip()}"})
    assert reply.status_code == 400  # known, and asked for the fields
    assert AuthToken.objects.get().user.username == "ann"


@pytest.mark.parametrize(("arguments", "days"), [([], 90), (["--days", "2"], 2)])
def test_it_lives_for_the_days_asked_for(arguments, days):
    make_person("ann")
    created("ann", *arguments)
    left = AuthToken.objects.get().expiry - timezone.now()
    assert timedelta(days=days, minutes=-1) < left <= timedelta(days=days)


def test_each_call_makes_another():
    make_person("ann")
    assert created("ann") != created("ann")
    assert AuthToken.objects.count() == 2


@pytest.mark.parametrize("arguments", [["nobody"], ["ann", "--days", "0"], ["ann", "--days", "-1"]])
def test_a_person_or_a_time_that_is_none_is_refused(arguments):
    make_person("ann")
    with pytest.raises(CommandError):
        created(*arguments)
    assert not AuthToken.objects.exists()


def test_a_time_beyond_the_calendar_is_refused():
    make_person("ann")
    with pytest.raises(CommandError):
        created("ann", "--days", "99999999")
