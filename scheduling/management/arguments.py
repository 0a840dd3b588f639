"""Values on the command line; argparse puts the name of the option before what is raised here."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime
from math import isfinite

CANNOT = 2  # the exit code of a command that was asked for what cannot be done


def moment(text: str) -> datetime:
    """Return a date or a moment, in UTC if it does not name a time zone. Raises `ArgumentTypeError`."""
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ArgumentTypeError("should be a date such as 2026-11-24 or 2026-11-24T08:00") from None


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
