"""Do the gate's error rates hold? Level, coverage and power of every metric, by simulation.

`make bench-gate` prints the tables of benchmarks/GATE.md. The trials are those of the tests, and more.
"""

from __future__ import annotations

import sys

import numpy as np

from scheduling.statistics.comparison.gain import gain_interval
from scheduling.statistics.comparison.pair import LEAST_PER_LABEL, Pair
from scheduling.statistics.comparison.verdict import units_to_settle
from scheduling.statistics.metrics.scored import MetricUndefined
from scheduling.statistics.metrics.table import METRICS, Family
from scheduling.tests.statistics.comparison.trials import (
    ALPHA,
    OPTIONS,
    any_flip,
    classifiers,
    nearly_alike,
    pair_for,
    rates,
    true_gain,
)

SIZES = (45, 500, 5000)
GAIN = {"classification": 0.45, "regression": 0.09}  # of the makers: found in most sets of 500


def share(count: int, of: int) -> str:
    """As the tables have it."""
    return f"{count / of:.3f}".lstrip("0") if of else "–"


def error_rates(trials: int) -> None:
    """Level and coverage where the two are equal; coverage and power where one is better."""
    print(f"| metric, true gain | {' | '.join(f'n={n}' for n in SIZES)} |")
    for name, metric in METRICS.items():
        for labels in (2, 3) if metric.family is Family.RANK else (2,):
            gain = GAIN[metric.task]
            cells = [_rates_of(name, n, gain=gain, trials=trials, labels=labels) for n in SIZES]
            said = f"{name} of three labels" if labels == 3 else name
            print(f"| {said}, {true_gain(name, gain, labels):+.3g} | {' | '.join(cells)} |", flush=True)


def _rates_of(name: str, n: int, *, gain: float, trials: int, labels: int) -> str:
    if labels == 3 and n < 3 * LEAST_PER_LABEL[Family.RANK]:
        n = 3 * LEAST_PER_LABEL[Family.RANK]  # fewer cannot be told
    better, covered, undefined = rates(name, n, trials=trials, labels=labels)
    found, covered_too, undefined_too = rates(name, n, gain=gain, trials=trials, labels=labels)
    judged, judged_too = trials - undefined, trials - undefined_too
    return (
        f"{share(better, judged)} · {share(covered, judged)} {share(covered_too, judged_too)} "
        f"· {share(found, judged_too)}"
    )


def rare_class(trials: int) -> None:
    """Two labels, one of them on 2 % or 10 % of the rows: level where the two are equal."""
    for name in (
        "accuracy",
        "balanced_accuracy",
        "f1_macro",
        "brier",
        "log_loss",
        "roc_auc",
        "average_precision",
    ):
        cells = []
        for n, positive in ((500, 0.02), (500, 0.10), (5000, 0.02)):
            better = judged = 0
            chance = np.random.default_rng(7)
            for _ in range(trials):
                pair = classifiers(chance, n, labels=("no", "yes"), positive_share=positive)
                low = low_end(name, pair)
                judged += low is not None
                better += low is not None and low > 0
            cells.append(share(better, judged))
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def low_end(name: str, pair: Pair) -> float | None:
    """Of the interval; None where the gate would say that it cannot tell."""
    try:
        return gain_interval(METRICS[name], pair, options=OPTIONS, alpha=ALPHA).low
    except MetricUndefined:
        return None


def groups(trials: int) -> None:
    """Each row five times: level without a group column, and with it."""
    for count in (10, 20, 45, 500):
        for name in ("f1_macro", "brier"):
            plain = grouped = judged = 0
            chance = np.random.default_rng(8)
            for _ in range(trials):
                pair = copied(classifiers(chance, count), 5)
                low = low_end(name, pair)
                if low is None:
                    continue
                judged += 1
                grouped += low > 0
                plain += (low_end(name, Pair(champion=pair.champion, candidate=pair.candidate)) or 0) > 0
            print(
                f"| {name}, {count} groups | {share(plain, judged)} | {share(grouped, judged)} |", flush=True
            )


def few_rows(trials: int) -> None:
    """Two models that differ in some of 45 rows only: level, as share of all trials."""
    for name in ("log_loss", "brier", "roc_auc", "average_precision", "r2", "rmse", "mae"):
        cells = []
        for rows in (1, 2, 3, 4, 6, 10, 20):
            chance = np.random.default_rng(13)
            lows = [low_end(name, nearly_alike(name, chance, 45, rows=rows)) for _ in range(trials)]
            cells.append(share(sum(low is not None and low > 0 for low in lows), trials))
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def copied(pair: Pair, copies: int) -> Pair:
    """Every row so often, in one group."""
    index = np.repeat(np.arange(len(pair.candidate.y)), copies)
    rows = (
        type(r)(
            y=r.y[index],
            predicted=r.predicted[index],
            probabilities=None if r.probabilities is None else r.probabilities[index],
            labels=r.labels,
        )
        for r in (pair.champion, pair.candidate)
    )
    return Pair(champion=next(rows), candidate=next(rows), groups=index)


def settled(trials: int) -> None:
    """The rows that the page asks for, seen from 500 rows: how often they find the gain. Claimed: .80."""
    for name in ("accuracy", "f1_macro", "log_loss", "brier", "rmse", "mae"):
        gain = GAIN[METRICS[name].task]
        pilot = pair_for(name, np.random.default_rng(12), 500, gain=gain)
        interval = gain_interval(METRICS[name], pilot, options=OPTIONS, alpha=ALPHA)
        rows = units_to_settle(interval, true_gain(name, gain))
        assert rows is not None
        found, _, undefined = rates(name, rows, gain=gain, trials=trials, seed=99)
        print(f"| {name} | {rows} | {share(found, trials - undefined)} |", flush=True)


def wear(sets: int, candidates: int) -> None:
    """Equal candidates one after another on one set: on how many sets any of them is called better."""
    for name in ("accuracy", "brier"):
        for n in SIZES[:2]:
            flips = []
            for spending in (False, True):
                chance = np.random.default_rng(3)
                runs = (
                    any_flip(chance, n, candidates=candidates, spending=spending, name=name)
                    for _ in range(sets)
                )
                flips.append(sum(runs))
            print(f"| {name}, n={n} | {share(flips[0], sets)} | {share(flips[1], sets)} |", flush=True)


def main() -> None:
    """Print all tables; the first argument is the number of trials."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print("level · coverage when equal, when better · power")
    error_rates(trials)
    print("\nrare class: n=500, 2 % | n=500, 10 % | n=5000, 2 %")
    rare_class(trials)
    print("\ncopies of rows: without groups | with groups")
    groups(trials)
    print("\nmodels that differ in 1, 2, 3, 4, 6, 10, 20 of 45 rows")
    few_rows(trials)
    print("\nrows to settle: rows | found")
    settled(trials)
    print(f"\nwear, {trials} equal candidates: at alpha each | spending alpha")
    wear(100, trials)


if __name__ == "__main__":
    main()
