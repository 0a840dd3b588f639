"""`/api/schedules`: read by who may see the model, changed by permission, as strictly as the admin's form."""

import json

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone

from predictions.tests.factories import make_model, make_person, token_of
from scheduling.models import Schedule, ScheduleLook
from scheduling.tests.run_factory import make_schedule

pytestmark = pytest.mark.django_db
FIELDS = {
    "id", "name", "task", "model", "enabled", "trigger", "every_seconds", "cron", "after_interruption",
    "in_words", "next_times", "new_rows", "at_most_every_seconds", "looked_at", "found",
}  # fmt: skip


@pytest.fixture
def schedule():
    return make_schedule(make_model())


@pytest.fixture
def boss():
    """Who may change schedules, and nothing else."""
    user = User.objects.create_user("boss")
    user.user_permissions.add(Permission.objects.get(codename="change_policy"))
    return token_of(user)


@pytest.fixture
def change(client, schedule, boss):
    def change(headers=boss, **columns):
        path = f"/api/schedules/{schedule.pk}"
        return client.patch(path, json.dumps(columns), content_type="application/json", headers=headers)

    return change


def columns_of(schedule):
    return Schedule.objects.values("enabled", "trigger", "every_seconds", "cron", "after_interruption").get(
        pk=schedule.pk
    )


def test_one_is_told_in_values_in_words_and_in_times(client, schedule):
    reply = client.get(f"/api/schedules/{schedule.pk}")
    assert reply.status_code == 200
    body = reply.json()
    assert body.keys() == FIELDS
    assert (body["name"], body["task"], body["model"], body["enabled"]) == (
        "each minute",
        "validate",
        "wine",
        True,
    )
    assert (body["trigger"], body["every_seconds"], body["cron"]) == ("interval", 60, "")
    assert len(body["next_times"]) == 3
    assert body["next_times"][0] > timezone.now().isoformat()[:19]


def test_a_disabled_one_has_no_next_times(client, schedule):
    off = make_schedule(schedule.registered_model, name="off", enabled=False)
    assert client.get(f"/api/schedules/{off.pk}").json()["next_times"] == []


def test_all_are_listed_the_newest_first(client, schedule):
    nightly = make_schedule(
        schedule.registered_model, name="nightly", trigger="cron", cron="0 3 * * *", every_seconds=None
    )
    rows = client.get("/api/schedules").json()["results"]
    assert [row["id"] for row in rows] == [nightly.pk, schedule.pk]
    assert (rows[0]["every_seconds"], rows[0]["cron"]) == (None, "0 3 * * *")


def test_a_filter_that_the_list_does_not_have_is_refused_by_name(client, schedule):
    reply = client.get("/api/schedules?x=1")
    assert reply.status_code == 400
    assert [error["field"] for error in reply.json()["errors"]] == ["x"]


def test_those_of_a_private_model_need_a_token(client):
    hidden = make_schedule(make_model(public=False))
    token = token_of(make_person("ann", "view_registeredmodel"))
    for headers in ({}, token_of(make_person("bob"))):
        assert client.get(f"/api/schedules/{hidden.pk}", headers=headers).status_code == 404
        assert client.get("/api/schedules", headers=headers).json()["results"] == []
    assert client.get(f"/api/schedules/{hidden.pk}", headers=token).status_code == 200
    assert len(client.get("/api/schedules", headers=token).json()["results"]) == 1


def test_one_is_switched_off_and_the_history_says_who(change, schedule):
    reply = change(enabled=False)
    assert reply.status_code == 200
    assert (reply.json()["enabled"], reply.json()["next_times"]) == (False, [])
    record = schedule.history.first()
    assert (record.history_by, record.enabled, record.prev_record.enabled) == ("boss", False, True)
    assert record.history_user.username == "boss"


def test_an_interval_is_changed(change, schedule):
    assert change(every_seconds=300).json()["in_words"] == "Every 5 minutes"
    schedule.refresh_from_db()
    assert schedule.fires.seconds == 300
    assert schedule.history.first().every_seconds == 300


def test_the_trigger_is_changed_with_its_value(change, schedule):
    assert change(trigger="cron", cron="0 3 * * mon-fri").status_code == 200
    assert columns_of(schedule) | {"enabled": True} == {
        "enabled": True, "trigger": "cron", "every_seconds": None, "cron": "0 3 * * mon-fri",
        "after_interruption": "leave",
    }  # fmt: skip
    assert change(trigger="interval", every_seconds=60, after_interruption="queue_again").status_code == 200
    assert columns_of(schedule)["cron"] == ""


def test_one_that_looks_says_what_it_found(client, change, schedule):
    Schedule.objects.update(task="retrain")
    reply = change(trigger="new_rows", new_rows=500, at_most_every_seconds=3600)
    assert reply.status_code == 200
    body = reply.json()
    assert (body["trigger"], body["new_rows"], body["every_seconds"]) == ("new_rows", 500, 60)
    assert (body["next_times"], body["looked_at"], body["found"]) == ([], None, None)
    now = timezone.now()
    ScheduleLook.objects.create(schedule=schedule, looked_at=now, found="320 new rows of 500.")
    body = client.get(f"/api/schedules/{schedule.pk}").json()
    assert (body["looked_at"][:19], body["found"]) == (now.isoformat()[:19], "320 new rows of 500.")
    assert change(trigger="drift").json()["new_rows"] is None
    assert change(trigger="interval").json()["at_most_every_seconds"] is None


def test_what_is_as_it_was_leaves_no_record(change, schedule):
    assert change(enabled=True, every_seconds=60).status_code == 200
    assert schedule.history.count() == 1


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({}, "body"),
        ({"name": "other"}, "name"),
        ({"task": "prune"}, "task"),
        ({"model": "iris"}, "model"),
        ({"enabled": "false"}, "enabled"),
        ({"enabled": 0}, "enabled"),
        ({"enabled": None}, "enabled"),
        ({"every_seconds": 9}, "every_seconds"),
        ({"every_seconds": "60"}, "every_seconds"),
        ({"every_seconds": 60.5}, "every_seconds"),
        ({"every_seconds": True}, "every_seconds"),
        ({"every_seconds": 10**30}, "every_seconds"),
        ({"every_seconds": None}, "every_seconds"),
        ({"trigger": "date"}, "trigger"),
        ({"trigger": ["cron"]}, "trigger"),
        ({"trigger": "cron"}, "cron"),
        ({"trigger": "cron", "cron": ""}, "cron"),
        ({"trigger": "cron", "cron": "0 3 * * 8"}, "cron"),
        ({"trigger": "cron", "cron": "0 0 30 feb *"}, "cron"),
        ({"trigger": "cron", "cron": "0 3 * * *\u0000"}, "cron"),
        ({"trigger": "cron", "cron": "0 3 * * *", "every_seconds": 60}, "every_seconds"),
        ({"cron": "0 3 * * *"}, "cron"),
        ({"trigger": "drift"}, "trigger"),  # it validates
        ({"new_rows": 500}, "new_rows"),
        ({"at_most_every_seconds": 3600}, "at_most_every_seconds"),
        ({"trigger": "new_rows", "new_rows": 0}, "new_rows"),
        ({"trigger": "new_rows", "new_rows": 10**30}, "new_rows"),
        ({"trigger": "drift", "at_most_every_seconds": 59}, "at_most_every_seconds"),
        ({"after_interruption": "never"}, "after_interruption"),
    ],
    ids=str,
)
def test_what_the_form_would_refuse_is_refused_by_field(change, schedule, columns, field):
    before = columns_of(schedule)
    reply = change(**columns)
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_input")
    assert [error["field"] for error in reply.json()["errors"]] == [field]
    assert columns_of(schedule) == before
    assert schedule.history.count() == 1


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_an_empty_body_switches_nothing_off(client, schedule, boss, content_type):
    reply = client.generic("PATCH", f"/api/schedules/{schedule.pk}", b"", content_type, headers=boss)
    assert reply.status_code == 400
    assert columns_of(schedule)["enabled"] is True


def test_it_needs_the_permission(client, change, schedule):
    ann = User.objects.create_user("ann")
    assert change({}, enabled=False).status_code == 401
    assert change(token_of(ann), enabled=False).status_code == 403
    assert change(token_of(ann), rubbish=1).status_code == 403
    assert columns_of(schedule)["enabled"] is True
    assert schedule.history.count() == 1


def test_one_that_is_not_there_is_404(client, boss):
    reply = client.patch("/api/schedules/9", "{}", content_type="application/json", headers=boss)
    assert (reply.status_code, reply.json()["code"]) == (404, "not_found")
