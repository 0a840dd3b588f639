"""Both versions timed in turns, in this process: what slows the machine slows both."""

from collections.abc import Callable
from time import monotonic, perf_counter
from timeit import repeat
from typing import Any

from predictions.registry.loading import LoadedVersion

ROUNDS = 30  # of one look …
SECONDS = 10.0  # … or until this time is over
LONG_ENOUGH = 0.02  # seconds of one version in one round: what is shorter is repeated, the shortest counts
MOST_REPEATS = 7
WARM_UP = 2


def slower_rounds(new: LoadedVersion, old: LoadedVersion, *, rows: int, tolerance: float) -> tuple[int, int]:
    """Return in how many rounds the new one took over `tolerance` times as long as the old, and of how many.

    Each is asked so many rows in the columns of its own signature. At least one round is played.
    """
    asked = [_asking(new, rows), _asking(old, rows)]
    times: dict[str, Any] = {"number": 1, "repeat": WARM_UP, "timer": perf_counter}
    first = max(min(repeat(ask, **times)) for ask in asked)
    times["repeat"] = max(1, min(MOST_REPEATS, int(LONG_ENOUGH / max(first, 1e-9))))
    slower = rounds = 0
    started = monotonic()
    while rounds < ROUNDS and (not rounds or monotonic() - started < SECONDS):
        turn = asked if rounds % 2 == 0 else asked[::-1]
        took = {ask: min(repeat(ask, **times)) for ask in turn}  # the others waited for the processor
        slower += took[asked[0]] > tolerance * took[asked[1]]
        rounds += 1
    return slower, rounds


def _asking(version: LoadedVersion, rows: int) -> Callable[[], Any]:
    assert version.known is not None  # a registered one
    golden = [tuple(row) for row in version.known.golden_rows["rows"]]
    many = (golden * (rows // len(golden) + 1))[:rows]
    return lambda: version.predict(many)
