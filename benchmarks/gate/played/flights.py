"""Two equal models on real flights, judged by row and by day: how often one is called better or worse.

`python -m benchmarks.gate.played.flights FOLDER` prints the table of benchmarks/GATE.md; `worlds` says where
the data come from, and FOLDER is that of flights.csv.zip. Both models of a pair are fitted on random halves
of the same three months and judged on the last ten days: neither is better, so at .05 on each side one pair
in ten is right.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from scheduling.statistics.comparison.dependence import find_dependence
from scheduling.statistics.comparison.interval import Interval, t_interval

TEXTS = ["carrier", "origin", "dest", "weekday", "manufacturer"]
NUMBERS = [
    "hour", "minute", "distance", "built", "seats", "temp", "dewp", "humid", "wind_speed", "precip", "visib",
]  # fmt: skip
PAIRS, MOST_ROWS, FLOOR = 8, 20_000, 0.01
LEVELS = (0.05, 0.0219)  # on each side; the second is that of the first use of an evaluation set


def read(folder: Path) -> pd.DataFrame:
    """Return flights with weather and plane, in the order of their departure, and whether they were late."""
    flights = pd.read_csv(folder / "flights.csv.zip").dropna(subset="arr_delay")
    hours = ["origin", "month", "day", "hour"]
    weather = pd.read_csv(folder / "weather.csv")[[*hours, *NUMBERS[5:]]]
    planes = pd.read_csv(folder / "planes.csv").rename(columns={"year": "built"})
    planes = planes[["tailnum", "built", "seats", "manufacturer"]]
    flights = flights.merge(weather, how="left", on=hours).merge(planes, how="left", on="tailnum")
    flights["date"] = pd.to_datetime(flights[["year", "month", "day"]])
    flights["weekday"] = flights["date"].dt.day_name()
    flights["late"] = (flights["arr_delay"] > 15).astype(int)
    return flights.sort_values(["date", "sched_dep_time"]).reset_index(drop=True)


def models() -> tuple[Any, Any]:
    """A logistic regression and a histogram boosting, each with what it needs before it."""
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    few = OneHotEncoder(handle_unknown="ignore", min_frequency=20)
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    linear = make_column_transformer((few, TEXTS), (numbers, NUMBERS))
    trees = make_column_transformer((codes, TEXTS), ("passthrough", NUMBERS))
    boosting = HistGradientBoostingClassifier(max_iter=60, random_state=0)
    return make_pipeline(linear, LogisticRegression(max_iter=200, C=0.3)), make_pipeline(trees, boosting)


def gains(flights: pd.DataFrame, month: int, chance: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Yield for each pair what each of the last ten days' flights gains, by metric, and its day."""
    window = flights[flights["month"].between(month - 2, month)]
    last = window["date"].max() - pd.Timedelta(days=9)
    training, judged = window[window["date"] < last], window[window["date"] >= last]
    late, days = judged["late"].to_numpy(), judged["date"].factorize()[0]
    for model in [model for _ in range(PAIRS) for model in models()]:
        halves = np.array_split(chance.permutation(len(training)), 2)
        shares = []
        for half in halves:
            rows = training.iloc[half[:MOST_ROWS]]
            share = model.fit(rows, rows["late"]).predict_proba(judged)[:, 1]
            shares.append(np.clip(share, FLOOR, 1 - FLOOR))
        old, new = shares
        losses = [-np.log(np.where(late == 1, share, 1 - share)) for share in shares]
        right = [(share > 0.5) == late for share in shares]
        yield {
            "log loss": losses[0] - losses[1],
            "Brier score": 2 * ((old - late) ** 2 - (new - late) ** 2),
            "accuracy": right[1].astype(float) - right[0],
            "days": days,
        }


def called(interval: Interval) -> bool:
    """Whether one of the two is called better."""
    return interval.low > 0 or interval.high < 0


def main(folder: Path) -> None:
    """Print one line for each metric and level."""
    chance, flights = np.random.default_rng(0), read(folder)
    pairs = [pair for month in range(3, 12) for pair in gains(flights, month, chance)]
    print("| metric | on each side | by row | by day | design effect |\n|---|---|---|---|---|")
    for metric in ("log loss", "Brier score", "accuracy"):
        found = [(pair[metric], find_dependence(pair[metric], {"day": pair["days"]})) for pair in pairs]
        effect = np.median([how.effect for _, how in found if how])
        for alpha in LEVELS:
            by_row = np.mean([called(t_interval(gain, alpha=alpha)) for gain, _ in found])
            grouped = [(gain, how.groups if how else None) for gain, how in found]
            by_day = np.mean([called(t_interval(gain, alpha=alpha, groups=days)) for gain, days in grouped])
            print(f"| {metric} | {alpha} | {by_row:.3f} | {by_day:.3f} | {effect:.1f} |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
