"""Who approves for one model is edited in the admin, by those who may choose, and is in the log."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from predictions.tests.admin_pages import log_entries
from predictions.tests.factories import make_model, make_person
from scheduling.approvals.approvers import may_approve, may_approve_some
from scheduling.tests.admin.people import sign_in_with


def path_of(model):
    return reverse("admin:model-approvers", args=[model.pk])


@pytest.fixture
def chooser(client, iris):
    return sign_in_with(client, "choose_approvers", "view_registeredmodel")


def fresh(person):
    """Without what is remembered of permissions."""
    return type(person).objects.get(pk=person.pk)


def test_a_person_and_a_group_may_approve_for_this_model_and_no_other(client, chooser, iris):
    bob, cleo = make_person("bob"), make_person("cleo")
    group = Group.objects.create(name="approvers")
    cleo.groups.add(group)
    reply = client.post(path_of(iris), {"users": [bob.pk], "groups": [group.pk]})
    assert reply.status_code == 302
    wine = make_model()
    for person in (fresh(bob), fresh(cleo)):
        assert may_approve(person, iris)
        assert may_approve_some(person)
        assert not may_approve(person, wine)
    assert log_entries() == [("ann", "iris", "Approvers: bob may approve; approvers may approve")]


def test_it_shows_who_may_and_takes_it_back(client, chooser, iris):
    bob = make_person("bob")
    client.post(path_of(iris), {"users": [bob.pk]})
    page = client.get(path_of(iris)).content.decode()
    assert page.count("checked") == 1
    client.post(path_of(iris), {})
    assert not may_approve(fresh(bob), iris)
    assert log_entries()[-1][2] == "Approvers: bob may no longer approve"


def test_without_the_permission_to_choose_nobody_grants(client, iris):
    ann = sign_in_with(client, "change_registeredmodel", "view_registeredmodel", "approve_promotion")
    assert client.get(path_of(iris)).status_code == 403
    assert client.post(path_of(iris), {"users": [ann.pk]}).status_code == 403
    assert not ann.has_perm("predictions.approve_promotion", iris)


def test_rubbish_is_refused(client, chooser, iris):
    reply = client.post(path_of(iris), {"users": ["999", "x"]})
    assert reply.status_code == 200
    assert "errorlist" in reply.content.decode()


@pytest.mark.parametrize("columns", [{"is_superuser": True}, {"is_active": False, "is_superuser": True}])
def test_a_superuser_may_while_the_account_is_active(iris, columns):
    person = make_person("root", **columns)
    assert may_approve(person, iris) is columns.get("is_active", True)
