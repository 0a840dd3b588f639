"""A rehearsal as plain values, and back: what was measured once can be judged again and again."""

from __future__ import annotations

from typing import Any

import msgspec

from scheduling.evidence.rehearsed import (
    MemoryLimitReached,
    NoAnswer,
    Rehearsal,
    RehearsalFailed,
    ServerCrashed,
)

FAILURES = {kind.__name__: kind for kind in (RehearsalFailed, ServerCrashed, NoAnswer, MemoryLimitReached)}


class RehearsalUnreadable(Exception):
    """What was kept is no rehearsal."""


def as_kept(rehearsed: Rehearsal | RehearsalFailed) -> dict[str, Any]:
    """Return what JSON can hold of it, whichever way it ended."""
    if isinstance(rehearsed, RehearsalFailed):
        return {
            "failed": type(rehearsed).__name__,
            "message": str(rehearsed),
            "version_id": rehearsed.version_id,
            "words": rehearsed.words,
        }
    kept: dict[str, Any] = msgspec.to_builtins(rehearsed)
    return kept


def from_kept(kept: dict[str, Any]) -> Rehearsal | RehearsalFailed:
    """Return the same rehearsal, to the bit. Raises `RehearsalUnreadable`."""
    try:
        if "failed" in kept:
            kind = FAILURES[kept["failed"]]
            return kind(kept["message"], version_id=kept["version_id"], words=kept["words"])
        return msgspec.convert(kept, Rehearsal)
    except (KeyError, msgspec.ValidationError) as error:
        raise RehearsalUnreadable(f"{type(error).__name__}: {error}") from error
