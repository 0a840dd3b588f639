"""Do the checks of drift hold their level, what do they find, what do they cost? For benchmarks/GATE.md.

`python -m benchmarks.gate.drift [trials]`: twenty columns of unlike kinds, as in the tests.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from scipy.stats import false_discovery_control

import benchmarks.gate.django_ready  # noqa: F401, first
from scheduling.checks.drift.base import Drift, State
from scheduling.tests.statistics.drift.unlike_columns import columns, shifts

SIZES = ((105, 45), (500, 500), (5000, 500), (5000, 5000), (50_000, 5000))
CHECK = Drift()
States = list[State]


def states(sizes: tuple[int, int], chance: np.random.Generator, **moved: float) -> tuple[States, bool]:
    """Return each column's state, and whether any column is significant, however small the change."""
    found = shifts(*sizes, chance, **moved)
    significant = (false_discovery_control([shift.p for shift in found]) <= CHECK.alpha).tolist()
    judged = [CHECK.state(shift, significant=s) for shift, s in zip(found, significant, strict=True)]
    return judged, any(significant)


def alarms(trials: int) -> None:
    """Where nothing has moved: in how many trials any of the columns is significant, possible, drift."""
    print("| any of 20 columns, no drift | significant | possible drift | drift |")
    for sizes in SIZES:
        chance = np.random.default_rng(1)
        drawn = [states(sizes, chance) for _ in range(trials)]
        shares = [
            np.mean([significant for _, significant in drawn]),
            np.mean([State.POSSIBLE in judged for judged, _ in drawn]),
            np.mean([State.DRIFT in judged for judged, _ in drawn]),
        ]
        cells = " | ".join(f"{share:.3f}" for share in shares)
        print(f"| {sizes[0]:,} and {sizes[1]:,} | {cells} |", flush=True)


def power(trials: int) -> None:
    """The share of the moved columns that are found: numbers by parts of a σ, categories by mass."""
    print("| of the columns moved | .2 σ, 10 % of the mass: possible or drift | drift | .5 σ, 25 %: drift |")
    for sizes in SIZES:
        chance, cells = np.random.default_rng(2), []
        small = [states(sizes, chance, moved=20)[0] for _ in range(trials)]
        large = [states(sizes, chance, moved=20, sigma=0.5, mass=0.25)[0] for _ in range(trials)]
        for drawn, wanted in (
            (small, {State.POSSIBLE, State.DRIFT}),
            (small, {State.DRIFT}),
            (large, {State.DRIFT}),
        ):
            cells.append(np.mean([[state in wanted for state in judged] for judged in drawn]))
        print(f"| {sizes[0]:,} and {sizes[1]:,} | {' | '.join(f'{c:.2f}' for c in cells)} |", flush=True)


def cost() -> None:
    """Seconds for a million rows of twenty columns, against as many and against the most that is logged."""
    chance = np.random.default_rng(3)
    for sizes in ((1_000_000, 1_000_000), (1_000_000, 20_000)):
        drawn = list(columns(*sizes, chance))
        started = time.perf_counter()
        for compare, reference, recent in drawn:
            compare(reference, recent)
        spent = time.perf_counter() - started
        print(f"| {sizes[0]:,} and {sizes[1]:,} rows, 20 columns | {spent:.1f} s |", flush=True)


def main() -> None:
    """Print all tables; the first argument is the number of trials."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    cost()
    alarms(trials)
    power(max(50, trials // 10))


if __name__ == "__main__":
    main()
