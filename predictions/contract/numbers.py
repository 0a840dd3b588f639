"""How many there are of something, as sentences tell it."""


def counted(number: int, noun: str) -> str:
    """Return `1 row`, `2 rows`, `1,204 rows`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
