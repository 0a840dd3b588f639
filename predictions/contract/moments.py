"""A timestamp in a request: ISO 8601 with a zone, or without one, as its feature says; then a double."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 1700, 2241  # where a double holds microseconds
ZONE = r"(?:Z|z|[-+]\d\d:?\d\d)"
ISO = r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?"


class NoMoment(ValueError):
    """A text that is no such time, in words for clients."""


class Moment(float):
    """The seconds since 1970 in UTC, exact to the microsecond; what has no zone counts as UTC.

    `read` raises `NoMoment`, or `ValueError` for a date that no calendar has.
    """

    form: ClassVar[re.Pattern[str]] = re.compile(rf"{ISO})?")
    suffix: ClassVar[str] = ""
    expected: ClassVar[str] = (
        "Input should be a date or time like 2024-12-31T23:59:00 (ISO 8601), without a time zone"
    )

    @classmethod
    def read(cls, text: Any) -> Self:
        if not isinstance(text, str) or not cls.form.fullmatch(text) or not text.isascii():
            raise NoMoment(cls.expected)
        moment = datetime.fromisoformat(text.upper())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise NoMoment(f"Input should be between the years {FIRST_YEAR} and {LAST_YEAR}")
        return cls((moment - EPOCH) / timedelta(seconds=1))

    def __str__(self) -> str:
        """As ISO 8601, in UTC or without a zone."""
        whole = math.floor(self)  # `self * 1_000_000` would round once more
        moment = EPOCH + timedelta(seconds=whole, microseconds=round((self - whole) * 1_000_000))
        return moment.isoformat().replace("+00:00", self.suffix)


class ZonedMoment(Moment):
    """The same with a zone."""

    form = re.compile(rf"{ISO}{ZONE})")
    suffix = "Z"
    expected = "Input should be a time with its zone, like 2024-12-31T23:59:00Z or …+01:00 (ISO 8601)"


def decoded(kind: type, given: Any) -> Any:
    """Read what the decoder of JSON has no type for. Raises `ValueError`."""
    return kind.read(given) if issubclass(kind, Moment) else given


def written(value: Any) -> Any:
    """Return a row's value as JSON has it: a moment as its text."""
    return str(value) if isinstance(value, Moment) else value
