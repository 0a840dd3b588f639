"""The thread that looks at the bodies which a worker waits for, and cuts those that keep too many threads."""

import os
import threading
from collections.abc import Iterable, Mapping
from time import monotonic, sleep
from typing import Protocol

OFTEN, SELDOM = 0.025, 0.25  # seconds between two looks: while bodies are waited for, and else
PATIENCE, LEAST_PATIENCE = 1.0, 0.05  # seconds that each body has; fewer while one after the other is cut
CALM = 1.01  # times as long after each look that cut none: in 8 s from the least to the whole patience
STEADY = 256 * 2**10  # bytes a second: who sends as many is never cut
HOPELESS = 2**10  # bytes a second: who sends fewer is cut in any case, after so many seconds
HOPELESS_SECONDS = 30.0


class Awaited(Protocol):
    """What has come of a body, since when; `cut` answers its client in place of the thread."""

    began: float
    received: int

    def cut(self, thread: int) -> None: ...


class Watch:
    """Lets so many slow bodies be waited for at a time. Of those beyond, the slowest are cut."""

    def __init__(self, allowed: int) -> None:
        self._allowed, self.patience = allowed, PATIENCE

    def look(self, bodies: Mapping[Awaited, int], now: float) -> None:
        """Cut what keeps too many threads. Where one is cut, more will come: they get less time."""
        threads = dict(bodies)
        cut = self.too_slow(threads, now)
        for body in cut:
            body.cut(threads[body])
        self.patience = LEAST_PATIENCE if cut else min(self.patience * CALM, PATIENCE)

    def too_slow(self, bodies: Iterable[Awaited], now: float) -> list[Awaited]:
        """Return the slowest, the oldest of them first, but those that may stay."""
        rate_of = {body: body.received / max(now - body.began, 1e-3) for body in bodies}
        late = [body for body in rate_of if now - body.began > self.patience and rate_of[body] < STEADY]
        late.sort(key=lambda body: (rate_of[body], body.began))
        beyond = len(late) - self._allowed
        return [
            body
            for place, body in enumerate(late)
            if place < beyond or (rate_of[body] < HOPELESS and now - body.began > HOPELESS_SECONDS)
        ]


def allowed() -> int:
    """Return how many threads may wait for slow bodies: two are left for others, where we know of them."""
    threads = os.environ.get("GRANIAN_BLOCKING_THREADS", "")
    return max(int(threads) - 2, 1) if threads.isdecimal() else 1


def over(bodies: Mapping[Awaited, int]) -> None:
    """Start the thread, with the first body that this process waits for."""
    thread = threading.Thread(target=_run, args=(bodies, Watch(allowed())), name="slow bodies", daemon=True)
    thread.start()


def _run(bodies: Mapping[Awaited, int], watch: Watch) -> None:
    while True:
        watch.look(bodies, monotonic())
        sleep(OFTEN if bodies else SELDOM)
