"""A page asks the database as often for twenty rows as for two."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mlsite.tests.every_path.every_path import lists_of_admin
from predictions.models import RegisteredModel
from predictions.models.people.roles import give
from predictions.tests.factories import token_of
from scheduling.tests.varied_rows import fill

pytestmark = pytest.mark.django_db
LISTS = (
    "/api/models", "/api/models/iris/versions", "/api/promotions", "/api/predictions", "/api/runs",
    "/api/watches", "/api/schedules",
)  # fmt: skip


def staff(who):
    """A superuser; or an operator of every model, by a group, who may read what belongs to no model too."""
    boss = User.objects.create_user("boss", is_staff=True, is_superuser=who == "superuser")
    if who == "operator":
        boss.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
        boss.user_permissions.remove(*Permission.objects.filter(content_type__model="registeredmodel"))
        boss.groups.add(Group.objects.create(name="operators"))
    return boss


@pytest.fixture(params=["superuser", "operator"])
def queries(request):
    """Call it to have the number of queries of each page."""
    boss = staff(request.param)
    browser, headers = Client(), token_of(boss)
    browser.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    paths = ["/admin/", *lists_of_admin(), *LISTS]

    def count(path):
        headers_of = headers if path in LISTS else {}
        browser.get(path, headers=headers_of)  # what is looked up once only, such as content types
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert browser.get(path, headers=headers_of).status_code == 200
        return len(asked)

    def count_all():
        for group in boss.groups.all():
            for model in RegisteredModel.objects.all():
                give(group, {"operator"}, model)
        return {path: count(path) for path in paths}

    return count_all


def test_no_page_asks_more_often_for_more_rows(queries, iris):
    fill(2)
    few = queries()
    fill(18)
    many = queries()
    assert {path: (few[path], many[path]) for path in few if many[path] > few[path]} == {}
    assert max(many.values()) < 30
    assert len(many) > 30
