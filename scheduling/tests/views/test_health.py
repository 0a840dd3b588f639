"""`/health/live` and `/health/ready`: serving decides, the scheduler is told of."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from predictions.models import Worker
from predictions.serving import serving
from predictions.serving.follower import Follower
from scheduling.models import Lease, Watch
from scheduling.models.watch import PATIENCE
from scheduling.tests.version_factory import make_live
from scheduling.tests.watch_factory import watched


def ready(client, status=200, path="/health/ready"):
    reply = client.get(path)
    assert (reply.status_code, reply["Content-Type"]) == (status, "application/json")
    return reply.json()


@pytest.mark.parametrize("path", ["/health/live", "/health/live/"])
def test_alive_means_that_the_process_answers(client, path, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        reply = client.get(path)
    assert (reply.status_code, reply.json()) == (200, {"status": "alive"})


@pytest.mark.parametrize("path", ["/health/ready", "/health/ready/"])
def test_a_worker_that_serves_what_is_live_is_ready(client, live, path):
    body = ready(client, path=path)
    assert (body["status"], body["database"], body["problems"]) == ("ready", "up", {})
    assert body["models"] == {"iris": "1.0"}
    assert re.findall(r"\d[\d.]*", body["workers"]["iris"])[:3] == ["1", "1", "1.0"]


def test_other_workers_are_told_of_and_never_make_this_one_unready(client, live):
    now = timezone.now()
    behind = {"problems": {"iris": "iris 1.0 does not load"}, "since": now, "seen_at": now}
    Worker.objects.create(host="other", pid=1, serves={}, **behind)
    told = ready(client)["workers"]["iris"]
    assert re.findall(r"\d[\d.]*", told)[:3] == ["1", "2", "1.0"]
    assert behind["problems"]["iris"] in told


def test_models_that_are_not_public_are_not_named(client, live):
    type(live.registered_model).objects.update(public=False)
    Follower().step()
    assert (ready(client)["models"], ready(client)["workers"]) == ({}, {})


def test_a_model_without_a_live_version_is_no_problem(client, iris):
    Follower().step()
    assert ready(client)["models"] == {"iris": None}


def test_a_live_version_that_does_not_load_makes_it_unready_and_says_why(client, live, strong, config):
    (config.MEDIA_ROOT / strong.served_form).write_bytes(b"rubbish")
    make_live(strong)
    Follower().step()
    body = ready(client, 503)
    assert body["status"] == "unready"
    assert body["models"] == {"iris": "1.0"}  # the one before goes on answering
    assert all(word in body["problems"]["iris"] for word in ("sha256", "1.0"))


def test_a_worker_that_no_longer_looks_at_the_ledger_is_unready(client, live):
    snapshot = serving.current()
    serving.swap(replace(snapshot, checked_at=snapshot.checked_at - 100))
    body = ready(client, 503)
    assert body["status"] == "unready"
    assert " 100 s" in body["problems"]["follower"]


def test_a_worker_that_has_not_loaded_anything_yet_is_unready(client, iris):
    assert ready(client, 503)["status"] == "unready"


def test_without_a_database_it_is_degraded_and_still_ready(client, live, django_assert_num_queries):
    serving.swap(replace(serving.current(), database_away=True))
    with django_assert_num_queries(0):
        body = ready(client)
    assert (body["status"], body["database"], body["scheduler"]) == ("degraded", "away", None)
    assert (body["workers"], body["unwatched"]) == (None, None)
    assert body["models"] == {"iris": "1.0"}


def test_the_scheduler_is_told_of_and_never_makes_it_unready(client, live):
    assert ready(client)["scheduler"]["running"] is False
    Lease.objects.take("host:1:abc")
    state = ready(client)["scheduler"]
    assert state["running"] is True
    assert 0 <= state["last_seen_seconds"] < 10
    Lease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert ready(client)["scheduler"]["running"] is False
    Lease.objects.update(owner="", expires_at=timezone.now() + timedelta(seconds=9))
    assert ready(client)["scheduler"]["running"] is False


def test_a_flip_that_nobody_looks_at_is_told_of_and_never_makes_it_unready(client, live, strong):
    watched(live.registered_model)
    promotion = make_live(strong)
    Follower().step()
    assert ready(client)["unwatched"] == {}
    at = promotion.at - 2 * PATIENCE
    type(promotion).objects.filter(pk=promotion.pk).update(at=at)
    body = ready(client)
    assert body["status"] == "ready"
    assert body["unwatched"] == {"iris": Watch.objects.get(promotion=promotion).warning}
    assert f"{at:%Y-%m-%d %H:%M} UTC" in body["unwatched"]["iris"]
    Watch.objects.update(status="unseen", reason="It went live unwatched.", closed_at=timezone.now())
    assert ready(client)["unwatched"] == {"iris": "It went live unwatched."}
    type(live.registered_model).objects.update(public=False)
    assert ready(client)["unwatched"] == {}


def test_a_database_that_goes_away_just_now_hides_the_scheduler_only(client, live, monkeypatch):
    monkeypatch.setattr("scheduling.views.health.scheduler_state", away)
    body = ready(client)
    assert (body["status"], body["scheduler"]) == ("ready", None)


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_another_method_is_refused_in_json(client, live, path):
    reply = client.post(path)
    assert (reply.status_code, reply.json()["code"]) == (405, "method_not_allowed")


def away():
    raise OperationalError("the database is away")
