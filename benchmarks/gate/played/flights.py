"""Flights from New York in 2013, with the weather at departure and the plane, and whether they were late."""

from pathlib import Path

import pandas as pd

TEXTS = ["carrier", "origin", "dest", "weekday", "manufacturer"]
NUMBERS = [
    "hour", "minute", "distance", "built", "seats", "temp", "dewp", "humid", "wind_speed", "precip", "visib",
]  # fmt: skip


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
