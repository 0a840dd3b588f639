"""Uploads that were refused before they became a version are told to those who may upload."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from predictions.models.people.roles import give
from scheduling.pages.overview import overview
from scheduling.tests.run_factory import make_run

pytestmark = pytest.mark.django_db


def refuse(
    model,
    reason="Not promoted: The file is a pickle, which could run code. Send skops.",
    *,
    hours=1,
    **columns,
):
    at = timezone.now() - timedelta(hours=hours)
    return make_run(
        model, **{"task": "upload", "status": "failed", "reason": reason, "finished_at": at} | columns
    )


def told(person, where="needs"):
    return [need for need in getattr(overview(person), where) if "upload" in need.what]


@pytest.fixture
def boss(iris, live):
    return User.objects.create_superuser("boss")


def test_they_are_counted_with_what_the_newest_says(boss, iris, live):
    assert told(boss) == []
    refuse(iris, "It has no classes.")
    newest = refuse(iris)
    refuse(iris, hours=25)
    (need,) = told(boss)
    assert need.what.startswith(
        "2 uploads of the last day were refused. The newest says: The file is a pickle,"
    )
    assert need.what.endswith("run code.")
    assert f"/{newest.pk}/" in need.href
    reader = User.objects.create_user("reader", is_staff=True)
    give(reader, {"reader"}, iris)
    assert told(reader) == []
    assert len(told(reader, "others")) == 1


def test_one_that_became_a_version_afterwards_ends_it(boss, iris, live, strong):
    refuse(iris)
    refuse(iris, candidate=strong)
    assert told(boss) == []
    refuse(iris)
    assert len(told(boss)) == 1


def test_what_failed_after_it_was_registered_is_no_refused_upload(boss, iris, live, strong):
    refuse(iris, candidate=strong)
    refuse(iris, task="validate")
    assert told(boss) == []
