"""Schedules are people's: editable, and refused by field when they would never fire."""

import re

import pytest
import time_machine
from django.urls import reverse

from scheduling.models import Schedule
from scheduling.tests.admin.people import sign_in_superuser

ADD = "admin:scheduling_schedule_add"


@pytest.fixture
def boss(client, iris):
    return sign_in_superuser(client)


def form(iris, **columns):
    data = {
        "name": "nightly",
        "task": "retrain",
        "registered_model": iris.pk,
        "trigger": "interval",
        "every_seconds": "60",
        "unit": "seconds",
        "cron": "",
        "enabled": "on",
        "after_interruption": "leave",
    }
    return data | columns


def problems(reply):
    assert reply.status_code == 200
    return " ".join(re.findall(r'<ul class="errorlist[^>]*><li>(.*?)</li>', reply.content.decode()))


def test_one_can_be_added_and_is_listed(client, boss, iris):
    assert client.post(reverse(ADD), form(iris)).status_code == 302
    schedule = Schedule.objects.get(name="nightly")
    assert (schedule.every_seconds, schedule.cron, schedule.enabled) == (60, "", True)
    listed = client.get(reverse("admin:scheduling_schedule_changelist"))
    assert b"nightly" in listed.content


def test_one_that_looks_can_be_added(client, boss, iris):
    data = form(
        iris, trigger="new_rows", new_rows="500", every_seconds="2", unit="hours",
        at_most_every_seconds="3", rest_unit="days",
    )  # fmt: skip
    assert client.post(reverse(ADD), data).status_code == 302
    schedule = Schedule.objects.get(name="nightly")
    columns = schedule.new_rows, schedule.every_seconds, schedule.at_most_every_seconds
    assert columns == (500, 7200, 3 * 86_400)
    page = client.get(reverse("admin:scheduling_schedule_change", args=[schedule.pk])).content.decode()
    assert 'value="days" selected' in page
    assert "not yet" in page
    drifting = form(iris, name="drifting", trigger="drift", every_seconds="")
    assert client.post(reverse(ADD), drifting).status_code == 302
    schedule = Schedule.objects.get(name="drifting")
    assert (schedule.every_seconds, schedule.at_most_every_seconds) == (3600, 86_400)
    assert client.get(reverse("admin:scheduling_schedule_changelist")).status_code == 200


def test_a_cron_line_can_be_given_instead(client, boss, iris):
    data = form(iris, trigger="cron", cron="0 3 * * mon-fri", every_seconds="")
    assert client.post(reverse(ADD), data).status_code == 302
    assert Schedule.objects.get(name="nightly").cron == "0 3 * * mon-fri"


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"every_seconds": "9"}, "greater than or equal to 10"),
        ({"every_seconds": "-60"}, "greater than or equal to"),
        ({"every_seconds": ""}, "seconds"),
        ({"trigger": "new_rows"}, "at least 1"),
        ({"trigger": "drift", "every_seconds": "30"}, "at least 60"),
        ({"trigger": "drift", "task": "prune"}, "retrain"),
        ({"every_seconds": "999999999999"}, "Enter at most 366 days"),
        ({"every_seconds": "9999", "unit": "days"}, "Enter at most 366 days"),
        ({"trigger": "cron", "cron": "0 3 * * sat-mon"}, "The weekday “sat-mon” "),
        ({"trigger": "cron", "cron": "0 0 30 feb *"}, "never fires"),
        ({"trigger": "cron", "cron": "0 0 ? * mon"}, "The day of the month “?” "),
        ({"trigger": "cron", "cron": ""}, "five fields"),
        ({"task": "upload"}, "Select a valid choice"),
        ({"name": "retrain iris"}, "already exists"),
    ],
)
def test_one_that_would_not_fire_is_refused(client, boss, iris, columns, said):
    assert said in problems(client.post(reverse(ADD), form(iris, **columns)))
    assert Schedule.objects.count() == 1


@pytest.mark.parametrize("interval", ["-5", "99999999999999"])
def test_an_interval_that_is_refused_is_not_called_empty_too(client, boss, iris, interval):
    form_of_page = client.post(reverse(ADD), form(iris, every_seconds=interval)).context["adminform"].form
    assert len(form_of_page.errors["every_seconds"]) == 1
    assert "between two runs" not in str(form_of_page.errors)


@time_machine.travel("2026-11-26 07:00", tick=False)
def test_it_shows_the_words_and_the_times_of_what_fires(client, boss, iris):
    data = form(iris, trigger="cron", cron="0 3 1 jan-dec/3 *", every_seconds="")
    client.post(reverse(ADD), data)
    schedule = Schedule.objects.get(name="nightly")
    page = client.get(reverse("admin:scheduling_schedule_change", args=[schedule.pk])).content.decode()
    assert "At 03:00 on the first day of January, April, July, and October, UTC" in page
    assert "2027-01-01 03:00:00 UTC, 2027-04-01 03:00:00 UTC, 2027-07-01 03:00:00 UTC" in page


@pytest.mark.parametrize("line", ["", "rubbish", "0 0 30 feb *"])
def test_a_change_that_is_refused_leaves_the_page_in_words(client, boss, iris, line):
    schedule = iris.schedules.get()
    path = reverse("admin:scheduling_schedule_change", args=[schedule.pk])
    reply = client.post(path, form(iris, trigger="cron", cron=line, every_seconds=""))
    assert (reply.status_code, bool(problems(reply))) == (200, True)
    schedule.refresh_from_db()
    assert (schedule.trigger, schedule.every_seconds) == ("interval", 30)


def test_one_can_be_switched_off_in_the_list(client, boss, iris):
    schedule = iris.schedules.get()
    data = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": schedule.pk, "_save": "Save"}
    client.post(reverse("admin:scheduling_schedule_changelist"), data)
    schedule.refresh_from_db()
    assert schedule.enabled is False
    assert (schedule.every_seconds, schedule.trigger) == (30, "interval")


def test_one_can_be_deleted(client, boss, iris):
    schedule = iris.schedules.get()
    path = reverse("admin:scheduling_schedule_delete", args=[schedule.pk])
    assert client.post(path, {"post": "yes"}).status_code == 302
    assert not Schedule.objects.exists()
