"""Which core serves and which one asks: never the same."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Cores:
    """The numbers of two cores."""

    server: int
    load: int


def two_cores() -> Cores:
    """Return the first two cores this process may use; ends the program where there are none."""
    if not hasattr(os, "sched_setaffinity"):
        raise SystemExit("The benchmarks pin processes to cores, which needs Linux.")
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        raise SystemExit("The benchmarks need two cores: one for the server, one for the load.")
    return Cores(*allowed[:2])


@contextmanager
def pinned(core: int) -> Iterator[None]:
    """Run this thread on one core; what it starts meanwhile stays there."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
