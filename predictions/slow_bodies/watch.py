"""The thread that looks at the bodies which a worker waits for, and cuts those that keep too many threads."""

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from time import monotonic, sleep
from typing import Any, Protocol

from predictions.slow_bodies.cutting import answer_too_slow

OFTEN, SELDOM = 0.025, 0.25  # seconds between two looks: while bodies are waited for, and else
PATIENCE, LEAST_PATIENCE = 1.0, 0.05  # seconds that each body has; fewer while one after the other is cut
CALM = 1.01  # times as long after each look that cut none: in 8 s from the least to the whole patience
STEADY = 256 * 2**10  # bytes a second: who sends as many is never cut
HOPELESS = 2**10  # bytes a second: who sends fewer is cut in any case, after so many seconds
HOPELESS_SECONDS = 30.0


BODY = "predictions.body"  # in the environment of a request: its `Progress`, where it is known
Environ = dict[str, Any]
Waiting = Mapping[int, tuple[int, Environ]]


class Progress(Protocol):
    """What has come of a body, since when."""

    began: float
    received: int


@dataclass(frozen=True, kw_only=True)
class Awaited:
    """A body that a thread waits for: a short one is read at once, and nobody knows what has come of it."""

    key: int
    thread: int
    environ: Environ
    seconds: float
    received: int = 0

    @property
    def rate(self) -> float:
        """Bytes a second."""
        return self.received / max(self.seconds, 1e-3)


class Watch:
    """Lets so many slow bodies be waited for at a time. Of those beyond, the slowest are cut."""

    def __init__(self, allowed: int, cut: Callable[[Awaited], None]) -> None:
        self._allowed, self._cut, self.patience = allowed, cut, PATIENCE
        self._seen: dict[int, tuple[Environ, float]] = {}  # when each that is waited for was first seen

    def look(self, waiting: Waiting, now: float) -> None:
        """Cut what keeps too many threads. Where one is cut, more will come: they get less time."""
        cut = self.too_slow(self._awaited(dict(waiting), now))
        for body in cut:
            self._cut(body)
        self.patience = LEAST_PATIENCE if cut else min(self.patience * CALM, PATIENCE)

    def _awaited(self, waiting: Waiting, now: float) -> list[Awaited]:
        found, seen = [], {}
        for key, (thread, environ) in waiting.items():
            known, first = self._seen.get(key, (None, now))
            seen[key] = environ, first if known is environ else now
            body = environ.get(BODY)
            began, received = (body.began, body.received) if body else (seen[key][1], 0)
            found.append(
                Awaited(key=key, thread=thread, environ=environ, seconds=now - began, received=received)
            )
        self._seen = seen
        return found

    def too_slow(self, bodies: Iterable[Awaited]) -> list[Awaited]:
        """Return the slowest, the oldest of them first, but those that may stay."""
        late = [body for body in bodies if body.seconds > self.patience and body.rate < STEADY]
        late.sort(key=lambda body: (body.rate, -body.seconds))
        beyond = len(late) - self._allowed
        return [
            body
            for place, body in enumerate(late)
            if place < beyond or (body.rate < HOPELESS and body.seconds > HOPELESS_SECONDS)
        ]


def allowed() -> int:
    """Return how many threads may wait for slow bodies: two are left for others, where we know of them."""
    threads = os.environ.get("GRANIAN_BLOCKING_THREADS", "")
    return max(int(threads) - 2, 1) if threads.isdecimal() else 1


def over(waiting: dict[int, tuple[int, Environ]], content: Callable[[Environ], bytes]) -> None:
    """Start the thread, with the first body that this process may wait for."""

    def cut(body: Awaited) -> None:
        claim = partial(waiting.pop, body.key, None)
        answer_too_slow(body.environ, body.thread, content=content(body.environ), claim=claim)

    threading.Thread(
        target=_run, args=(waiting, Watch(allowed(), cut)), name="slow bodies", daemon=True
    ).start()


def _run(waiting: Waiting, watch: Watch) -> None:
    while True:
        watch.look(waiting, monotonic())
        sleep(OFTEN if waiting else SELDOM)
