"""Do the checks of drift hold their level where a client repeats a request? For benchmarks/GATE.md.

`python -m benchmarks.gate.drift_repeats [trials]`: nothing drifts, and a fifth of the log is one request.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from scipy.stats import false_discovery_control

import benchmarks.gate.django_ready  # noqa: F401, first
from scheduling.checks.drift.base import Drift, State
from scheduling.evidence.samples import without_repeats
from scheduling.statistics.drift import category_column, number_column

SIZES = ((105, 600), (500, 600), (5000, 600), (5000, 5000))
CHECK = Drift()
Chance = np.random.Generator
Keep = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]


def continuous(chance: Chance, n: int) -> pd.DataFrame:
    """Numbers: no two rows are equal."""
    return pd.DataFrame(chance.normal(size=(n, 6)), columns=list("abcdef"))


def flowers(chance: Chance, n: int) -> pd.DataFrame:
    """Four numbers of three kinds, to a decimal: some rows are equal by chance."""
    kind = chance.integers(0, 3, n)
    centre = np.array([[5, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3, 5.6, 2]])[kind]
    spread = np.array([[0.35, 0.38, 0.17, 0.1], [0.5, 0.3, 0.47, 0.2], [0.6, 0.3, 0.55, 0.27]])[kind]
    return pd.DataFrame((centre + spread * chance.normal(size=(n, 4))).round(1), columns=list("abcd"))


def people(chance: Chance, n: int) -> pd.DataFrame:
    """Age in years, and two categories: some hundreds of different rows."""
    age, region, sex = chance.normal(45, 15, n).round(), chance.choice(10, n), chance.integers(0, 2, n)
    return pd.DataFrame({"age": age, "region": region.astype(str), "sex": sex.astype(str)})


def categories(chance: Chance, n: int) -> pd.DataFrame:
    """Three categories: thirty different rows."""
    shares = ([0.5, 0.5], [0.5, 0.3, 0.2], [0.4, 0.3, 0.15, 0.1, 0.05])
    columns = {str(i): chance.choice(len(s), n, p=s).astype(str) for i, s in enumerate(shares)}
    return pd.DataFrame(columns)


def as_they_are(rows: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """All rows."""
    return rows


def distinct(rows: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """Each row once."""
    return rows.drop_duplicates()


def counted(rows: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """As the checks do."""
    return without_repeats(rows, reference, list(rows.columns))


def drifts(reference: pd.DataFrame, rows: pd.DataFrame) -> bool:
    """Whether any column is in drift."""
    shifts = [
        number_column(reference[name], rows[name]).shift
        if is_numeric_dtype(rows[name])
        else category_column(reference[name], rows[name], ()).shift
        for name in rows
    ]
    significant = (false_discovery_control([shift.p for shift in shifts]) <= CHECK.alpha).tolist()
    judged = [CHECK.state(shift, significant=s) for shift, s in zip(shifts, significant, strict=True)]
    return State.DRIFT in judged


def alarms(draw: Callable[[Chance, int], pd.DataFrame], keep: Keep, *, repeated: float, trials: int) -> str:
    """The share of trials with a column in drift, for each size."""
    cells = []
    for n_reference, n_recent in SIZES:
        chance, found = np.random.default_rng(1), 0
        for _ in range(trials):
            reference, rows = draw(chance, n_reference), draw(chance, n_recent)
            again = int(n_recent * repeated)
            rows = pd.concat([rows.iloc[again:], rows.iloc[[-1] * again]], ignore_index=True)
            found += drifts(reference, keep(rows, reference))
        cells.append(f"{found / trials:.3f}")
    return " | ".join(cells)


def main() -> None:
    """Print the table; the first argument is the number of trials."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    sizes = " | ".join(f"{a:,} and {b:,}" for a, b in SIZES)
    print(f"| no drift; any column is in drift | {sizes} |")
    for draw in (continuous, flowers, people, categories):
        for keep in (as_they_are, distinct, counted):
            for repeated in (0.0, 0.2):
                cells = alarms(draw, keep, repeated=repeated, trials=trials)
                print(f"| {draw.__name__}, {repeated:.0%} repeated, {keep.__name__} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
