"""Both versions timed in turns, on rows that nobody outside has a say in."""

from types import SimpleNamespace

import pytest

from predictions.registry import loading
from scheduling.tests.version_factory import make_twin
from scheduling.watch import measuring
from scheduling.watch.measuring import ROUNDS, slower_rounds


class Clock:
    """Time that goes on by what versions take, and by nothing else."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture(autouse=True)
def clock(request, monkeypatch):
    clock = Clock()
    if "forests" not in request.fixturenames:
        for name in ("perf_counter", "monotonic"):
            monkeypatch.setattr(measuring, name, clock)
    monkeypatch.setattr(Version, "clock", clock)


class Version:
    """Takes so long, and keeps what it was asked."""

    clock = Clock()

    def __init__(self, seconds, rows=((1.0,), (2.0,))):
        self.seconds, self.asked = seconds, []
        self.known = SimpleNamespace(golden_rows={"rows": [list(row) for row in rows]})

    def predict(self, rows):
        self.asked.append(rows)
        self.clock.now += self.seconds


def test_a_version_that_takes_twice_as_long_is_slower_in_each_round():
    assert slower_rounds(Version(2e-3), Version(1e-3), rows=1, tolerance=1.25) == (ROUNDS, ROUNDS)
    assert slower_rounds(Version(1e-3), Version(2e-3), rows=1, tolerance=1.25)[0] == 0


def test_each_is_asked_its_own_golden_rows_as_many_as_the_clients_send():
    new, old = Version(0.0), Version(0.0, rows=[(5.0, 6.0)])
    slower_rounds(new, old, rows=3, tolerance=1.25)
    assert (new.asked[0], old.asked[0]) == ([(1.0,), (2.0,), (1.0,)], [(5.0, 6.0)] * 3)


def test_it_does_not_take_long_and_says_something():
    assert slower_rounds(Version(3.0), Version(1.0), rows=1, tolerance=1.25) == (3, 3)
    assert slower_rounds(Version(60.0), Version(1.0), rows=1, tolerance=1.25) == (1, 1)


def test_what_is_short_is_repeated():
    new, old = Version(1e-4), Version(1e-4)
    slower_rounds(new, old, rows=1, tolerance=1.25)
    assert len(new.asked) == len(old.asked) == 2 + 7 * ROUNDS


@pytest.mark.parametrize("rows", [1, 200])
def test_a_twin_is_not_slower(iris, strong, forests, rows):
    twin = loading.load(make_twin(iris, forests))
    slower, rounds = slower_rounds(twin, loading.load(strong), rows=rows, tolerance=2.0)
    assert slower < rounds / 2
