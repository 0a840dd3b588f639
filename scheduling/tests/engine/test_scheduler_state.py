"""Is a scheduler alive, and when does it act next? One answer for the admin, the API and probes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from predictions.tests.factories import make_person, token_of
from scheduling.engine.scheduler_state import REMEDY, next_times, scheduler_state
from scheduling.models import Lease, Schedule
from scheduling.tests.admin.people import sign_in_superuser
from scheduling.tests.engine_factory import make_engine, stored_jobs
from scheduling.tests.run_factory import make_run, make_running, make_schedule

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_without_a_scheduler_ever_it_says_how_to_start_one(db):
    state = scheduler_state()
    assert (state.running, state.leader, state.last_seen, state.next_run_seconds) == (False, "", None, None)
    assert state.sentence.startswith("NOT RUNNING:")
    assert state.sentence.endswith(REMEDY)


def test_a_leader_is_named_without_the_random_part(iris):
    Lease.objects.take("host:12:ab34cd56")
    make_engine()
    state = scheduler_state()
    assert (state.running, state.leader) == (True, "host:12")
    assert 0 <= state.last_seen_seconds < 10
    assert 0 < state.next_run_seconds <= 30
    assert state.sentence.startswith("host:12 ")
    assert " 0 s " in state.sentence


def test_a_leader_without_schedules_says_so(db):
    Lease.objects.take("host:12:ab34cd56")
    assert scheduler_state().next_run_seconds is None


def test_a_leader_that_is_gone_is_told_of_with_the_time(iris):
    Lease.objects.take("host:12:ab34cd56")
    make_engine()
    seen = timezone.now() - timedelta(minutes=5)
    Lease.objects.update(renewed_at=seen, expires_at=seen + timedelta(seconds=12))
    state = scheduler_state()
    assert (state.running, state.leader, state.next_run_seconds) == (False, "", None)
    assert 290 < state.last_seen_seconds < 310
    assert state.sentence.startswith(f"NOT RUNNING since {seen:%Y-%m-%d %H:%M:%S} UTC.")


def test_a_leader_that_is_gone_and_had_a_wrong_clock_is_not_said_to_lead_for_years(iris):
    Lease.objects.take("host:12:ab34cd56")
    ahead = timezone.now() + timedelta(days=3652)
    Lease.objects.update(renewed_at=ahead, expires_at=ahead)
    state = scheduler_state()
    assert (state.running, state.leader, state.last_seen) == (False, "", None)
    assert state.sentence.startswith("NOT RUNNING:")


def test_it_counts_what_waits(iris):
    make_run(iris)
    make_run(iris)
    make_running(iris)
    assert scheduler_state().queued == 2


def test_a_cron_line_has_its_next_times_in_utc():
    nightly = Schedule(trigger="cron", cron="30 3 * * *")
    assert next_times(nightly, now=NOON, count=2) == [
        datetime(2026, 3, 2, 3, 30, tzinfo=UTC),
        datetime(2026, 3, 3, 3, 30, tzinfo=UTC),
    ]


def test_an_interval_counts_from_its_stored_job_and_until_there_is_one_from_now(iris):
    schedule = iris.schedules.get()
    step = timedelta(seconds=30)
    assert next_times(schedule, now=NOON, count=2) == [NOON + step, NOON + 2 * step]
    make_engine()
    due = stored_jobs()[str(schedule.pk)]
    assert next_times(schedule, now=timezone.now(), count=2) == [due, due + step]


def test_a_schedule_that_is_off_has_none(iris):
    assert next_times(make_schedule(iris, enabled=False), now=NOON, count=3) == []


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"every_seconds": 30}, "Every 30 seconds"),
        ({"every_seconds": 90}, "Every 90 seconds"),
        ({"every_seconds": 120}, "Every 2 minutes"),
        ({"every_seconds": 7200}, "Every 2 hours"),
        ({"every_seconds": 172_800}, "Every 2 days"),
        ({"trigger": "cron", "cron": "30 3 * * mon-fri"}, "At 03:30 on Monday through Friday, UTC"),
    ],
)
def test_a_trigger_can_be_said_in_words(columns, words):
    assert Schedule(**columns).in_words == words


@pytest.mark.parametrize("path", ["/api/scheduler", "/api/scheduler/"])
def test_the_api_says_the_same(client, iris, path):
    Lease.objects.take("host:12:ab34cd56")
    body = client.get(path, headers=token_of(make_person())).json()
    assert (body["running"], body["leader"], body["queued"]) == (True, "host:12", 0)
    assert body.keys() == vars(scheduler_state()).keys()


def test_the_admins_front_page_says_the_same(client, iris):
    sign_in_superuser(client)
    assert "NOT RUNNING" in client.get("/admin/").content.decode()
    Lease.objects.take("host:12:ab34cd56")
    make_run(iris)
    text = client.get("/admin/").content.decode()
    assert "host:12." in text
    assert " 1." in text.split("host:12.")[1].split("</p>")[0]
