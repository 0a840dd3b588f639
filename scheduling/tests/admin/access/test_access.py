"""Who has which role for a model is edited in the admin, by those who may choose, and is in the log."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from predictions.models.people.access import May, allowed, holds
from predictions.models.people.roles import roles_of
from predictions.tests.admin_pages import log_entries
from predictions.tests.factories import make_model, make_person
from scheduling.tests.admin.people import sign_in_with


def path_of(model):
    return reverse("admin:model-access", args=[model.pk])


@pytest.fixture
def chooser(client, iris):
    return sign_in_with(client, "choose_access", "view_registeredmodel")


def fresh(person):
    """Without what is remembered of permissions."""
    return type(person).objects.get(pk=person.pk)


def test_a_person_and_a_group_have_a_role_for_this_model_and_no_other(client, chooser, iris):
    bob, cleo = make_person("bob"), make_person("cleo")
    group = Group.objects.create(name="approvers")
    cleo.groups.add(group)
    for who in (f"person {bob.pk}", f"group {group.pk}"):
        assert client.post(path_of(iris), {"who": who, "roles": ["approver"]}).status_code == 302
    wine = make_model()
    for person in (fresh(bob), fresh(cleo)):
        assert allowed(person, May.APPROVE, iris)
        assert holds(person, May.APPROVE)
        assert not allowed(person, May.APPROVE, wine)
        assert not allowed(person, May.PROMOTE, iris)
    entries = [entry[2] for entry in log_entries()]
    assert [("bob" in entry, "approvers" in entry) for entry in entries] == [(True, False), (False, True)]
    history = client.get(reverse("admin:predictions_registeredmodel_history", args=[iris.pk]))
    assert entries[0] in history.content.decode()


def test_it_shows_who_has_which_role_and_takes_it_back(client, chooser, iris):
    bob = make_person("bob")
    client.post(path_of(iris), {"who": f"person {bob.pk}", "roles": ["operator", "approver"]})
    found = {role: people for role, people in roles_of(iris).items() if people}
    assert found == {"operator": [bob], "approver": [bob]}
    assert client.get(path_of(iris)).content.decode().count("bob") > 2
    client.post(path_of(iris), {"who": f"person {bob.pk}"})
    assert not any(roles_of(iris).values())
    assert not holds(fresh(bob), May.READ)


def test_the_boxes_show_the_present_roles(client, chooser, iris):
    bob, eve = make_person("bob"), make_person("eve")
    client.post(path_of(iris), {"who": f"person {bob.pk}", "roles": ["operator", "approver"]})
    first = client.get(path_of(iris))
    assert first.context["form"] is None  # nobody is chosen yet: no empty boxes
    assert f'href="?who=person%20{bob.pk}"' in first.content.decode()
    for who, ticked in ((bob, {"operator", "approver"}), (eve, set())):
        page = client.get(path_of(iris), {"who": f"person {who.pk}"})
        assert f"Roles of {who}" in page.content.decode()
        boxes = page.context["form"]["roles"].subwidgets
        assert {one.data["value"] for one in boxes if one.data["selected"]} == ticked


def test_a_person_who_is_not_there_has_no_boxes(client, chooser, iris):
    page = client.get(path_of(iris), {"who": "person 4711"})
    assert page.context["form"] is None
    assert "Select a valid choice" in page.content.decode()


def test_without_the_permission_to_choose_nobody_grants(client, iris):
    ann = sign_in_with(client, "change_registeredmodel", "view_registeredmodel", "approve_promotion")
    asked = {"who": f"person {ann.pk}", "roles": ["operator"]}
    assert client.get(path_of(iris)).status_code == 403
    assert client.post(path_of(iris), asked).status_code == 403
    assert not allowed(fresh(ann), May.PROMOTE, iris)


@pytest.mark.parametrize("asked", [{"who": "person 999"}, {"who": "x"}, {}, {"roles": ["king"]}])
def test_rubbish_is_refused(client, chooser, iris, asked):
    reply = client.post(path_of(iris), {"who": f"person {chooser.pk}", "roles": ["king"]} | asked)
    assert reply.status_code == 200
    assert "errorlist" in reply.content.decode()


@pytest.mark.parametrize("columns", [{"is_superuser": True}, {"is_active": False, "is_superuser": True}])
def test_a_superuser_may_while_the_account_is_active(iris, columns):
    person = make_person("root", **columns)
    assert allowed(person, May.APPROVE, iris) is columns.get("is_active", True)
