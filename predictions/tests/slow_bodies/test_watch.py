"""Which bodies are cut: the slowest of those beyond what may be waited for."""

from dataclasses import dataclass

import pytest

from predictions.slow_bodies import watch
from predictions.slow_bodies.watch import BODY, LEAST_PATIENCE, PATIENCE, STEADY, Awaited, Watch

NOW = 1000.0
KIB = 2**10


def body(*, seconds, received=0, **columns):
    return Awaited(**{"key": 1, "thread": 7, "environ": {}} | columns, seconds=seconds, received=received)


def too_slow(*bodies, allowed):
    return Watch(allowed, None).too_slow(bodies)


def test_as_many_slow_bodies_as_are_allowed_may_stay():
    assert too_slow(body(seconds=3, received=10), body(seconds=20), allowed=2) == []


def test_of_those_beyond_the_slowest_go_and_the_oldest_of_them_first():
    fast, old, young = body(seconds=20, received=900 * KIB), body(seconds=9), body(seconds=2)
    assert too_slow(fast, old, young, allowed=2) == [old]
    assert too_slow(young, fast, old, allowed=1) == [old, young]


def test_nobody_is_late_within_the_patience():
    assert too_slow(*[body(seconds=PATIENCE / 2)] * 9, allowed=1) == []


def test_a_steady_upload_is_never_cut_and_takes_no_place():
    upload = body(seconds=100, received=100 * 2**20)
    least = body(seconds=100, received=100 * STEADY)
    slow = [body(seconds=5), body(seconds=4)]
    assert too_slow(upload, least, *slow, allowed=1) == [slow[0]]


@pytest.mark.parametrize(
    ("seconds", "received", "is_cut"), [(29, 0, False), (31, 0, True), (31, 32 * KIB, False)]
)
def test_who_sends_next_to_nothing_is_cut_in_the_end(seconds, received, is_cut):
    given = body(seconds=seconds, received=received)
    assert too_slow(given, allowed=2) == [given] * is_cut


@dataclass
class Progress:
    began: float
    received: int


def test_a_body_is_late_since_it_was_first_seen_or_since_it_began_where_that_is_known():
    cut = []
    rule = Watch(1, cut.append)
    short, long = {}, {BODY: Progress(began=NOW - 5, received=3)}
    rule.look({1: (7, short)}, NOW)
    rule.look({1: (7, short), 2: (8, long)}, NOW + PATIENCE + 1)
    assert [(one.key, one.thread, one.received, one.seconds) for one in cut] == [(1, 7, 0, PATIENCE + 1)]


def test_the_place_of_a_body_that_has_come_tells_nothing_of_the_next_one_there():
    cut = []
    rule = Watch(0, cut.append)
    rule.look({1: (7, {})}, NOW)
    rule.look({1: (7, {})}, NOW + 5)
    assert cut == []


def test_after_a_cut_the_next_have_less_time_and_later_as_much_again():
    rule = Watch(0, lambda given: None)
    rule.look({1: (7, {BODY: Progress(began=NOW - 2, received=0)})}, NOW)
    assert rule.patience == LEAST_PATIENCE
    for _ in range(400):
        rule.look({}, NOW)
    assert rule.patience == PATIENCE


@pytest.mark.parametrize(("threads", "allowed"), [("4", 2), ("8", 6), ("2", 1), ("1", 1), ("", 1), (None, 1)])
def test_two_threads_are_left_for_others(monkeypatch, threads, allowed):
    monkeypatch.delenv("GRANIAN_BLOCKING_THREADS", raising=False)
    if threads is not None:
        monkeypatch.setenv("GRANIAN_BLOCKING_THREADS", threads)
    assert watch.allowed() == allowed
