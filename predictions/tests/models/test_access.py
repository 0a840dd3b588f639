"""Permissions for all models and for one, the roles that hold them, and the page that tells of both."""

import re

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser, Group, User

from mlsite.tests.processes import ROOT
from predictions.models import RegisteredModel
from predictions.models.people.access import REGISTER, May, allowed, holds
from predictions.models.people.roles import ROLES, give, roles_of
from predictions.tests.factories import make_model, make_person

WITH_OWN_PERMISSIONS = {"RegisteredModel", "Worker", "Lease"}


@pytest.fixture
def wine(db):
    return make_model("wine", public=False)


@pytest.fixture
def beer(db):
    return make_model("beer", public=False)


def may(person, permission, *models):
    """What the three questions say, of a person without what is remembered of permissions."""
    fresh = User.objects.get(pk=person.pk)
    where = {model.name for model in RegisteredModel.objects.where(fresh, permission)}
    assert where == {model.name for model in models if allowed(fresh, permission, model)}
    assert bool(where) == holds(fresh, permission)
    return where


def test_a_role_is_for_one_model(wine, beer):
    ann = make_person()
    give(ann, {"operator"}, wine)
    assert may(ann, May.PROMOTE, wine, beer) == {"wine"}
    assert may(ann, May.APPROVE, wine, beer) == set()


def test_a_group_has_roles_too(wine, beer):
    ann, group = make_person(), Group.objects.create(name="team")
    ann.groups.add(group)
    give(group, {"client"}, beer)
    assert may(ann, May.TELL, wine, beer) == {"beer"}


def test_a_permission_for_all_models_is_one_for_each(wine, beer):
    assert may(make_person("ann", "predict"), May.PREDICT, wine, beer) == {"wine", "beer"}
    assert may(make_person("root", is_superuser=True), May.PROMOTE, wine, beer) == {"wine", "beer"}


def test_an_account_that_is_switched_off_may_nothing(wine):
    ann = make_person("ann", "predict", is_active=False)
    give(ann, {"operator"}, wine)
    assert may(ann, May.PREDICT, wine) == may(ann, May.PROMOTE, wine) == set()


@pytest.mark.parametrize("user", [None, AnonymousUser()], ids=str)
def test_nobody_may_nothing(wine, user):
    assert not allowed(user, May.READ, wine)
    assert not holds(user, May.READ)
    assert not RegisteredModel.objects.where(user, May.READ)


def test_the_roles_of_a_person_are_exactly_those_that_were_given_last(wine):
    ann = make_person()
    give(ann, {"operator", "approver"}, wine)
    assert {role for role, who in roles_of(wine).items() if who} == {"operator", "approver"}
    give(ann, {"client"}, wine)
    assert {role for role, who in roles_of(wine).items() if who} == {"client"}
    assert may(ann, May.PROMOTE, wine) == set()
    give(ann, set(), wine)
    assert may(ann, May.READ, wine) == set()


def test_many_questions_about_one_model_ask_the_database_once(wine, django_assert_max_num_queries):
    ann = make_person()
    give(ann, {"reader"}, wine)
    allowed(User.objects.get(pk=ann.pk), May.READ, wine)
    fresh = User.objects.get(pk=ann.pk)
    with django_assert_max_num_queries(4):
        assert [allowed(fresh, one, wine) for one in May].count(True) == 2


def test_every_table_of_a_model_is_governed_by_the_permissions_of_the_model():
    tables = [
        *apps.get_app_config("predictions").get_models(),
        *apps.get_app_config("scheduling").get_models(),
    ]
    own = {one.__name__ for one in tables if one._meta.default_permissions and not hasattr(one, "history_by")}
    assert {name for name in own if not name.startswith("Historical")} == WITH_OWN_PERMISSIONS


def test_the_page_tells_which_role_holds_which_permission():
    rows = re.findall(
        r"^\|[^|]*\| `(predictions\.\w+)` \|(.*)\|$", (ROOT / "docs/access.md").read_text(), re.M
    )
    told = {name: [cell.strip() == "yes" for cell in cells.split("|")] for name, cells in rows}
    held = {str(one): [one in ROLES[role] for role in ROLES] for one in May}
    assert told == held | {REGISTER: [False] * len(ROLES)}
