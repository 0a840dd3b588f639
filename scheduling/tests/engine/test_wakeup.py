"""A wait that a signal handler can end."""

import time

from scheduling.engine.wakeup import Bell


def test_rung_before_it_does_not_wait_and_the_next_time_it_does():
    bell = Bell()
    for _ in range(3):
        bell.ring()
    started = time.monotonic()
    bell.wait(600)
    bell.wait(0.05)
    assert 0.05 <= time.monotonic() - started < 300
    bell.close()


def test_rung_for_ever_it_never_blocks_the_one_who_rings():
    bell = Bell()
    for _ in range(100_000):
        bell.ring()
    bell.wait(600)
    bell.close()
