"""Each worker writes what it serves: at once when it changed, else every few seconds."""

import os
import socket
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from predictions.models import Worker
from predictions.models.worker import GONE_AFTER
from predictions.serving import worker_report
from predictions.serving.follower import Follower
from predictions.tests.factories import make_live

pytestmark = pytest.mark.django_db
LATER = timedelta(seconds=7)


def test_it_says_who_and_what(live):
    worker = Worker.objects.get()
    assert (worker.host, worker.pid) == (socket.gethostname(), os.getpid())
    assert (worker.serves, worker.problem) == ({"iris": "1.0"}, "")
    assert str(worker) == f"{worker.host} {worker.pid}"


def test_it_is_not_written_again_while_nothing_changes(live):
    follower = Follower()
    follower.step()
    before = Worker.objects.get().seen_at
    with time_machine.travel(timezone.now() + LATER):
        follower.step()
    assert Worker.objects.get().seen_at == before


def test_it_is_refreshed_every_few_seconds_and_since_stays(live, monkeypatch):
    follower = Follower()
    follower.step()
    before = Worker.objects.get()
    monkeypatch.setattr(worker_report, "SEEN_EVERY", timedelta(0))
    with time_machine.travel(timezone.now() + LATER):
        follower.step()
    after = Worker.objects.get()
    assert after.since == before.since
    assert after.seen_at - before.seen_at >= LATER


def test_since_is_when_it_began_to_serve_this(live, strong):
    follower = Follower()
    follower.step()
    before = Worker.objects.get()
    make_live(strong)
    with time_machine.travel(timezone.now() + LATER):
        follower.step()
    after = Worker.objects.get()
    assert after.pk == before.pk
    assert after.since - before.since >= LATER
    assert after.serves == {"iris": "1.1"}


def seen(ago, pid):
    at = timezone.now() - ago
    return Worker.objects.create(host="other", pid=pid, since=at, seen_at=at)


def test_workers_that_ended_without_a_word_are_forgotten(live):
    gone, alive = seen(GONE_AFTER + LATER, 1), seen(GONE_AFTER - LATER, 2)
    assert set(Worker.objects.gone()) == {gone}
    assert alive in Worker.objects.alive()
    Follower().step()
    assert set(Worker.objects.values_list("pid", flat=True)) == {2, os.getpid()}


def test_workers_that_do_not_serve_a_version_yet_are_told_apart(live):
    late = seen(LATER, 1)
    seen(GONE_AFTER + LATER, 2)
    assert list(Worker.objects.lagging("iris", "1.0")) == [late]
    assert Worker.objects.lagging("iris", "1.1").count() == 2


def test_one_that_a_wrong_clock_dated_years_ahead_is_gone_now(live):
    ahead = timezone.now() + timedelta(days=3652)
    Worker.objects.create(host="elsewhere", pid=3, serves={}, since=ahead, seen_at=ahead)
    assert [worker.host for worker in Worker.objects.alive()] == [socket.gethostname()]
    assert not Worker.objects.lagging("iris", "1.0").exists()
    with time_machine.travel(timezone.now() + LATER):
        Follower().step()
    assert not Worker.objects.filter(host="elsewhere").exists()
