"""The voices of a watch: callers who count as one. What holds whichever is left out, none decides alone."""

from collections.abc import Iterable

ANONYMOUS = "no token"
GROUPS = ("group 1", "group 2", "group 3")  # of callers with a token
VOICES = (ANONYMOUS, *GROUPS)


def others(voice: str) -> Iterable[str]:
    """All voices but one."""
    return (other for other in VOICES if other != voice)
