"""A wait that a signal handler can end."""

import time

from scheduling.engine.supervisor import Supervisor


def test_asked_before_it_does_not_wait_and_the_next_time_it_does():
    supervisor = Supervisor()
    for _ in range(3):
        supervisor.stop()
    started = time.monotonic()
    supervisor._wait(600)
    supervisor._wait(0.05)
    assert 0.05 <= time.monotonic() - started < 300


def test_asked_for_ever_it_never_blocks_the_one_who_asks():
    supervisor = Supervisor()
    for _ in range(100_000):
        supervisor.stop()
    supervisor._wait(600)
