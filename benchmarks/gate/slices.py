"""Does the check of slices hold its level, and what does it find? The tables of benchmarks/GATE.md.

`python -m benchmarks.gate.slices [trials]`. The rows have six features of all kinds; the search is the
check's own, with its defaults.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import benchmarks.gate.django_ready  # noqa: F401, first
from scheduling.checks.comparison.slices import Slices
from scheduling.evidence.outcomes import Level
from scheduling.tests.checks.comparison.sliced_evidence import sliced_evidence

SIZES = (200, 500, 5000)
NAMED = {
    "germans": "country = DE",
    "the French": "country = FR",
    "members": "member = true",
    "the young": "age < 35",
    "few": "country = LU",
}
SLICES = {75: 0.15, 125: 0.25, 250: 0.5}  # rows of 500 -> a share of ages


def blocked(trials: int, n: int, check: Slices | None = None, **columns: Any) -> float:
    """How often the check fails."""
    check, failed = check or Slices(), 0
    for seed in range(trials):
        failed += check.run(sliced_evidence(n, seed, **columns)).level is Level.FAIL
    return failed / trials


def level(trials: int) -> None:
    """Equal candidates, any loss counted: with and without named slices, of labels, losses and groups."""
    check = Slices(least_harm=0)
    cases: dict[str, dict[str, Any]] = {
        "labels, search": {},
        "labels, search and five named": {"slices": NAMED},
        "losses (Brier), search": {"metric": "brier"},
        "losses (Brier), search and five named": {"metric": "brier", "slices": NAMED},
        "ranks (AUC), search": {"metric": "roc_auc"},
        "ranks (AUC), search and five named": {"metric": "roc_auc", "slices": NAMED},
        "labels, each row five times, by group": {"copies": 5},
    }
    print(f"| equal candidates blocked | {' | '.join(f'n={n}' for n in SIZES)} |")
    for name, columns in cases.items():
        cells = [f"{blocked(trials, n, check, **columns):.3f}" for n in SIZES]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def power(trials: int) -> None:
    """A candidate that is worse on an age group of 500 rows: found by the search, and where it is named."""
    print("| worse by, on rows of 500 | by search | named |")
    for rows, share in SLICES.items():
        condition = f"age < {18 + round(72 * share)}"
        for loss in (0.1, 0.2):
            worse: dict[str, Any] = {"worse_on": condition, "worse_by": loss}
            found = blocked(trials, 500, **worse)
            named = blocked(trials, 500, slices={"it": condition}, **worse)
            print(f"| {loss:.0%}, {rows} | {found:.2f} | {named:.2f} |", flush=True)


def cost() -> None:
    """Seconds of the check on a million rows."""
    for metric in ("accuracy", "brier"):
        evidence = sliced_evidence(1_000_000, 0, metric=metric)
        started = time.perf_counter()
        outcome = Slices().run(evidence)
        print(f"| {metric}, 1,000,000 rows | {time.perf_counter() - started:.1f} s | {outcome.message} |")


def main() -> None:
    """Print all tables; the first argument is the number of trials."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    cost()
    level(trials)
    power(trials)


if __name__ == "__main__":
    main()
