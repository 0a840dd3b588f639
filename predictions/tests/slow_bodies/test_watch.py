"""Which bodies are cut: the slowest of those beyond what may be waited for."""

from dataclasses import dataclass, field

import pytest

from predictions.slow_bodies import watch
from predictions.slow_bodies.watch import LEAST_PATIENCE, PATIENCE, STEADY, Watch

NOW = 1000.0
KIB = 2**10


@dataclass(kw_only=True, eq=False)
class Body:
    seconds: float
    received: int = 0
    was_cut: list[int] = field(default_factory=list)

    @property
    def began(self):
        return NOW - self.seconds

    def cut(self, thread):
        self.was_cut.append(thread)


def test_as_many_slow_bodies_as_are_allowed_may_stay():
    bodies = [Body(seconds=3, received=10), Body(seconds=20)]
    assert Watch(2).too_slow(bodies, NOW) == []


def test_of_those_beyond_the_slowest_go_and_the_oldest_of_them_first():
    fast, old, young = Body(seconds=20, received=900 * KIB), Body(seconds=9), Body(seconds=2)
    assert Watch(2).too_slow([fast, old, young], NOW) == [old]
    assert Watch(1).too_slow([young, fast, old], NOW) == [old, young]


def test_nobody_is_late_within_the_patience():
    assert Watch(1).too_slow([Body(seconds=PATIENCE / 2) for _ in range(9)], NOW) == []


def test_a_steady_upload_is_never_cut_and_takes_no_place():
    upload = Body(seconds=100, received=100 * 2**20)
    least = Body(seconds=100, received=100 * STEADY)
    slow = [Body(seconds=5), Body(seconds=4)]
    assert Watch(1).too_slow([upload, least, *slow], NOW) == [slow[0]]


@pytest.mark.parametrize(
    ("seconds", "received", "is_cut"), [(29, 0, False), (31, 0, True), (31, 32 * KIB, False)]
)
def test_who_sends_next_to_nothing_is_cut_in_the_end(seconds, received, is_cut):
    body = Body(seconds=seconds, received=received)
    assert Watch(2).too_slow([body], NOW) == [body] * is_cut


def test_after_a_cut_the_next_have_less_time_and_later_as_much_again():
    rule, body = Watch(1), Body(seconds=2)
    rule.look({body: 7, Body(seconds=1.5): 8}, NOW)
    assert body.was_cut == [7]
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
