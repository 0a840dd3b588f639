"""One thread in each process, also after a fork; its first round is what a request waits for."""

import os
import threading

import pytest

from predictions.counting import prometheus
from predictions.log import request_counts
from predictions.serving import serving, web_worker

pytestmark = pytest.mark.django_db(transaction=True)  # the thread has a connection of its own


class Follower:
    """Counts its rounds, each of which waits until it may go on."""

    def __init__(self):
        self.rounds, self.may_go_on = 0, threading.Event()
        made.append(self)

    def step(self):
        self.may_go_on.wait(30)
        self.rounds += 1


made = []


@pytest.fixture(autouse=True)
def _own_thread(monkeypatch):
    """No follower before and after, and none of the process's counters."""
    made.clear()
    monkeypatch.setattr(web_worker, "Follower", Follower)
    monkeypatch.setattr(web_worker, "_running", None)
    monkeypatch.setattr(prometheus, "start", lambda: None)
    monkeypatch.setattr(request_counts, "counts", request_counts.counts)
    yield
    for follower in made:
        follower.may_go_on.set()
    web_worker.stop()


def test_it_is_started_once(caplog):
    assert not web_worker.is_running()
    assert not web_worker.start(patience=0.0)
    made[0].may_go_on.set()
    assert web_worker.start(patience=20.0)
    assert web_worker.start()
    assert (len(made), web_worker.is_running()) == (1, True)
    assert caplog.records == []


def test_who_asks_at_the_same_time_waits_for_the_same_round():
    answers = []
    asking = [threading.Thread(target=lambda: answers.append(web_worker.start())) for _ in range(4)]
    for thread in asking:
        thread.start()
    while not made:
        pass
    assert answers == []
    made[0].may_go_on.set()
    for thread in asking:
        thread.join(20)
    assert (answers, len(made)) == ([True] * 4, 1)


def test_a_round_that_fails_is_a_round(monkeypatch, caplog):
    def step(self):
        raise ValueError("no")

    monkeypatch.setattr(Follower, "step", step)
    assert web_worker.start(patience=20.0)
    assert web_worker.is_running()
    assert "ValueError" in caplog.text


def test_it_ends_when_it_is_told_to():
    web_worker.start(patience=0.0)
    made[0].may_go_on.set()
    web_worker.stop()
    assert not web_worker.is_running()


def test_a_forked_process_starts_its_own_and_loads_anew(monkeypatch):
    web_worker.start(patience=0.0)
    made[0].may_go_on.set()
    serving.swap(serving.Snapshot(known=True))
    of_the_parent, pid = web_worker._running, os.getpid()
    with monkeypatch.context() as forked:
        forked.setattr(os, "getpid", lambda: pid + 1)
        assert not web_worker.is_running()
        web_worker.start(patience=0.0)
        assert (len(made), web_worker.is_running()) == (2, True)
        assert not serving.current().known
        made[1].may_go_on.set()
        web_worker.stop()
    of_the_parent.end()


def test_a_rehearsal_has_the_thread_and_counts_nothing():
    before = request_counts.counts
    follower = Follower()
    follower.may_go_on.set()
    web_worker.begin(follower)
    assert web_worker.start()  # what the project's own wsgi.py may do
    assert (made, request_counts.counts) == ([follower], before)


def test_a_server_that_lets_no_thread_run_is_told_of(monkeypatch, caplog):
    monkeypatch.setattr(web_worker, "STOOD_STILL_SECONDS", -1.0)
    web_worker.start(patience=0.0)
    made[0].may_go_on.set()
    while not any("--enable-threads" in record.message for record in caplog.records):
        assert web_worker.is_running()
