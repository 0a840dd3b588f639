"""Whole numbers as sentences tell them and as query strings write them."""

MOST_DIGITS = 18  # of any number that a database has


def counted(number: int, noun: str) -> str:
    """Return `1 row`, `2 rows`, `1,204 rows`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def number_in(text: str) -> int | None:
    """Return the whole number that a query string has; None where it is none, or no row can have it."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return int(text) if is_number else None
