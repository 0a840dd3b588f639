"""A bake time does nothing without its schedule: the admin adds one, or says so."""

import pytest
from django.urls import reverse

from scheduling.models import GatePolicy, Schedule
from scheduling.tests.admin.people import sign_in_superuser, sign_in_with
from scheduling.tests.admin.test_policy import path_of, policy_form

WARNING = "iris has a bake time, and no enabled schedule of the task watch"
NOTHING = "No enabled schedule of the task watch: the bake time does nothing."


@pytest.fixture
def boss(client, iris):
    return sign_in_superuser(client)


def save(client, iris, **columns):
    """The page after a policy was saved."""
    return client.post(path_of(iris.policy), policy_form(iris) | columns, follow=True).content.decode()


def front_page(client):
    return client.get(reverse("admin:index")).content.decode()


def test_a_bake_time_brings_its_schedule(client, boss, iris):
    assert "The schedule watch iris was added" in save(client, iris, bake_minutes="30")
    schedule = iris.schedules.get(task="watch")
    assert (schedule.name, schedule.every_seconds, schedule.enabled) == ("watch iris", 60, True)
    assert schedule.history.get().history_by == "boss"
    assert GatePolicy.objects.unwatched() == []
    assert WARNING not in front_page(client)
    assert "watch iris: Every minute" in client.get(path_of(iris.policy)).content.decode()
    assert "was added" not in save(client, iris, bake_minutes="60")


def test_without_a_bake_time_there_is_none(client, boss, iris):
    assert "was added" not in save(client, iris)
    assert not iris.schedules.filter(task="watch").exists()
    assert GatePolicy.objects.unwatched() == []


def test_one_that_a_person_disabled_stays_so_and_is_told_of(client, boss, iris):
    save(client, iris, bake_minutes="30")
    schedule = iris.schedules.get(task="watch")
    schedule.enabled = False
    schedule.save()
    assert NOTHING in save(client, iris, bake_minutes="60")
    assert iris.schedules.filter(task="watch").count() == 1
    assert WARNING in front_page(client)
    assert NOTHING in client.get(path_of(iris.policy)).content.decode()


def test_a_name_that_is_taken_is_no_error(client, boss, iris):
    Schedule.objects.create(name="watch iris", task="prune", registered_model=iris, every_seconds=60)
    assert NOTHING in save(client, iris, bake_minutes="30")


def test_who_may_not_add_schedules_is_told_that_one_is_missing(client, iris):
    sign_in_with(client, "view_gatepolicy", "change_gatepolicy", "view_registeredmodel")
    assert NOTHING in save(client, iris, bake_minutes="30")
    assert not iris.schedules.filter(task="watch").exists()


def test_a_new_policy_has_nothing_to_say_of(client, boss, iris):
    assert client.get(reverse("admin:scheduling_gatepolicy_add")).status_code == 200
