"""Moments for people, with their time zone: the project's, or what the project activated for a request."""

from datetime import datetime

from django.utils.functional import lazy
from django.utils.timezone import get_current_timezone_name, get_default_timezone_name, localtime


def to_minute(moment: datetime) -> str:
    """Return such as "2026-01-31 13:00 UTC"."""
    return f"{localtime(moment):%Y-%m-%d %H:%M %Z}"


def plain_minute(moment: datetime) -> str:
    """Return such as "2026-01-31 13:00", below a heading with the zone."""
    return f"{localtime(moment):%Y-%m-%d %H:%M}"


def to_second(moment: datetime) -> str:
    """Return such as "2026-01-31 13:00:05 UTC"."""
    return f"{localtime(moment):%Y-%m-%d %H:%M:%S %Z}"


def with_zone(words: str) -> str:
    """Return a heading with the zone of the moments below it, such as "requested (UTC)"."""
    return f"{words} ({get_current_timezone_name()})"


def zone_of_the_project() -> str:
    """Return the name in TIME_ZONE, by which schedules fire whoever looks at them."""
    return get_default_timezone_name()


lazily_with_zone = lazy(with_zone, str)
