"""One form says who can answer, makes one person more an approver, and switches: all or nothing."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from predictions.models.people.access import May, allowed
from predictions.models.people.roles import give
from predictions.tests.admin_pages import act, log_entries, question, said, sign_in
from scheduling.admin.rules import who_decides
from scheduling.models import GatePolicy
from scheduling.tests.admin.people import sign_in_superuser

pytestmark = pytest.mark.django_db
ACTION = "let_a_person_decide"


def approval_of(model):
    return GatePolicy.objects.get(registered_model=model).approval


@pytest.fixture
def bob(iris):
    return User.objects.create_user("bob")


def test_one_press_makes_a_colleague_approver_and_switches(client, iris, live, bob):
    sign_in_superuser(client)
    form = client.get(question(iris, ACTION))
    assert 'id="add_id_person"' in form.content.decode()
    reply = act(client, iris, ACTION, confirmed="yes", person=bob.pk, staff="on")
    assert reply.url == reverse("admin:model-page", args=[iris.pk])
    bob.refresh_from_db()
    assert (bob.is_staff, allowed(bob, May.APPROVE, iris), approval_of(iris)) == (True, True, "by_person")
    ((level, told),) = said(reply)
    assert (level, "From now on" in told, "second person" in told) == ("success", True, False)
    assert len(log_entries()) == 2  # the role, and the switch


def test_nobody_more_is_possible_and_told_where_one_is_missing(client, iris, live):
    sign_in_superuser(client)
    told = said(act(client, iris, ACTION, confirmed="yes"))[0][1]
    assert "a second person is needed" in told
    assert reverse("admin:model-approver", args=[iris.pk]) in told
    assert approval_of(iris) == "by_person"


def test_who_can_answer_already_has_a_tick_and_is_not_offered(client, iris, bob):
    boss = sign_in_superuser(client)
    page = client.get(question(iris, ACTION))
    offered = {name for _, name in page.context["form"].fields["person"].choices}
    assert offered == {"nobody", "bob"}
    assert page.context["shown"].count("✓") == 1
    assert boss.username in page.context["shown"]


def test_a_wrong_person_is_refused_at_the_field_and_nothing_is_switched(client, iris, live, bob):
    sign_in_superuser(client)
    reply = act(client, iris, ACTION, confirmed="yes", person="999")
    assert (reply.status_code, list(reply.context["form"].errors)) == (200, ["person"])
    assert approval_of(iris) == "automatic"


def test_what_fails_gives_no_role_either(client, iris, live, bob, monkeypatch):
    def fails(*args, **kwargs):
        raise ValueError("The policy changed meanwhile.")

    monkeypatch.setattr(who_decides, "decide", fails)
    sign_in_superuser(client)
    reply = act(client, iris, ACTION, confirmed="yes", person=bob.pk)
    assert reply.status_code == 409
    assert reply.context["form"].initial["person"] == str(bob.pk)
    assert not allowed(User.objects.get(pk=bob.pk), May.APPROVE, iris)


def test_who_may_not_choose_access_is_asked_for_nobody_and_gives_no_role(client, iris, live, bob):
    operator = sign_in(client, "olga")
    give(operator, {"operator"}, iris)
    assert not client.get(question(iris, ACTION)).context["form"].fields
    act(client, iris, ACTION, confirmed="yes", person=bob.pk, staff="on")
    assert (approval_of(iris), allowed(bob, May.APPROVE, iris)) == ("by_person", False)


def test_the_card_leads_there_for_those_who_may(client, iris, live):
    path = question(iris, ACTION)
    sign_in_superuser(client)
    assert path in client.get(reverse("admin:overview")).content.decode()
    give(sign_in(client, "rita"), {"reader"}, iris)
    assert path not in client.get(reverse("admin:overview")).content.decode()
