"""A rehearsal as plain values, and back: what was measured once can be judged again and again."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_type_hints

import msgspec

from scheduling.rehearsal.report import (
    MemoryLimitReached,
    NoAnswer,
    Rehearsal,
    RehearsalFailed,
    ServerCrashed,
)

FAILURES = {kind.__name__: kind for kind in (RehearsalFailed, ServerCrashed, NoAnswer, MemoryLimitReached)}


class RehearsalUnreadable(Exception):
    """What was kept is no rehearsal of this version of the program."""


class NotMeasured(Exception):
    """A check looks at what an older version of the program did not measure."""


class Partial(Rehearsal):
    """A rehearsal without what was not measured yet when it was kept; whoever looks there is told."""

    def __init__(self, **measured: Any) -> None:
        for name, value in measured.items():
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        if name in {field.name for field in fields(Rehearsal)}:
            raise NotMeasured(f"the rehearsal did not measure it yet: {name}")
        raise AttributeError(name)


def as_kept(rehearsed: Rehearsal | RehearsalFailed) -> dict[str, Any]:
    """Return what JSON can hold of it, whichever way it ended."""
    if isinstance(rehearsed, RehearsalFailed):
        return {
            "failed": type(rehearsed).__name__,
            "message": str(rehearsed),
            "version_id": rehearsed.version_id,
            "words": rehearsed.words,
        }
    return msgspec.to_builtins(rehearsed)


def from_kept(kept: dict[str, Any]) -> Rehearsal | RehearsalFailed:
    """Return the same rehearsal, to the bit. Raises `RehearsalUnreadable`."""
    try:
        if "failed" in kept:
            kind = FAILURES[kept["failed"]]
            return kind(kept["message"], version_id=kept["version_id"], words=kept.get("words", ""))
        return _rehearsal(kept)
    except (KeyError, msgspec.ValidationError) as error:
        raise RehearsalUnreadable(f"{type(error).__name__}: {error}") from error


def _rehearsal(kept: dict[str, Any]) -> Rehearsal:
    """Whole where it is, with the champion's in it."""
    types = get_type_hints(Rehearsal)
    measured = {
        name: msgspec.convert(kept[name], types[name]) for name in types if name in kept.keys() - {"champion"}
    }
    measured["champion"] = kept.get("champion") and _rehearsal(kept["champion"])
    return (Rehearsal if measured.keys() == types.keys() else Partial)(**measured)
