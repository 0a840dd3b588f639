"""One form gives a role for a model to one person, also a new one, and leads back to where it was needed."""

import re

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from guardian.shortcuts import assign_perm

from predictions.models.people.access import May, allowed
from predictions.models.people.roles import give, roles_of
from predictions.tests.admin_pages import log_entries, said
from scheduling.tests.admin.people import sign_in_superuser, sign_in_with

pytestmark = pytest.mark.django_db


def page_of(model, query=""):
    return reverse("admin:model-approver", args=[model.pk]) + query


def test_two_clicks_from_the_policy_and_back(client, iris):
    boss, bob = sign_in_superuser(client), User.objects.create_user("bob")
    policy = reverse("admin:scheduling_gatepolicy_change", args=[iris.policy.pk])
    (link,) = re.findall(r'href="([^"]+/access/approver/[^"]*)"', client.get(policy).content.decode())
    form = client.get(link).content.decode()
    assert 'id="add_id_person"' in form
    reply = client.post(link, {"person": bob.pk, "staff": "on"})
    assert reply.url == policy
    bob.refresh_from_db()
    assert (bob.is_staff, allowed(bob, May.APPROVE, iris)) == (True, True)
    assert said(reply)[0][0] == "success"
    assert log_entries()[0][:2] == (boss.username, "iris")


def test_the_roles_that_a_person_has_stay_and_staff_status_is_left_alone_without_the_tick(client, iris):
    sign_in_superuser(client)
    olga = User.objects.create_user("olga")
    give(olga, {"operator"}, iris)
    assign_perm(May.CHOOSE_ACCESS, olga, iris)
    reply = client.post(page_of(iris), {"person": olga.pk})
    assert reply.url == reverse("admin:model-access", args=[iris.pk])
    assert [role for role, found in roles_of(iris).items() if olga in found] == ["operator", "approver"]
    olga = User.objects.get(username="olga")
    assert (olga.is_staff, allowed(olga, May.CHOOSE_ACCESS, iris)) == (False, True)
    assert "staff status" in said(reply)[0][1]


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)"])
def test_it_leads_to_no_page_of_others(client, iris, next_page):
    sign_in_superuser(client)
    bob = User.objects.create_user("bob")
    reply = client.post(page_of(iris, query=f"?next={next_page}"), {"person": bob.pk})
    assert reply.url == reverse("admin:model-access", args=[iris.pk])


def test_nobody_is_refused_at_the_field_and_without_permission_it_is_403(client, iris):
    sign_in_superuser(client)
    reply = client.post(page_of(iris), {"person": "no"})
    assert (reply.status_code, list(reply.context["form"].errors)) == (200, ["person"])
    sign_in_with(client, "view_registeredmodel")
    assert client.get(page_of(iris)).status_code == 403


def test_who_may_not_change_accounts_is_not_asked_for_staff_status(client, iris):
    sign_in_with(client, "view_registeredmodel", "choose_access")
    bob = User.objects.create_user("bob")
    page = client.get(page_of(iris))
    assert "staff" not in page.context["form"].fields
    assert "add_id_person" not in page.content.decode()
    client.post(page_of(iris), {"person": bob.pk, "staff": "on"})
    bob.refresh_from_db()
    assert not bob.is_staff
