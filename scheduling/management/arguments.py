"""Values on the command line; argparse puts the name of the option before what is raised here."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime
from math import isfinite

from django.utils.timezone import make_aware, make_naive

from predictions.zone import zone_of_the_project

CANNOT = 2  # the exit code of a command that was asked for what cannot be done


def moment(text: str) -> datetime:
    """Return a date or a moment, in the project's time zone if it names none. Raises `ArgumentTypeError`."""
    try:
        at = datetime.fromisoformat(text)
        utc = (at if at.tzinfo else make_aware(at)).astimezone(UTC)
        is_there = at.tzinfo or make_naive(utc) == at
    except (ValueError, OverflowError):
        raise ArgumentTypeError("should be a date such as 2026-11-24 or 2026-11-24T08:00") from None
    if not is_there:
        raise ArgumentTypeError(f"should be a time that clocks showed: {zone_of_the_project()} left it out")
    return utc


def count(text: str) -> int:
    """Return a number of periods or runs. Raises `ArgumentTypeError`."""
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= 1_000_000:
        raise ArgumentTypeError("should be a number from 1 to 1000000")
    return int(text)


def amount(text: str) -> float:
    """Return a margin. Raises `ArgumentTypeError`."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not isfinite(value) or value <= 0:
        raise ArgumentTypeError("should be a number above 0, such as 0.01")
    return value
