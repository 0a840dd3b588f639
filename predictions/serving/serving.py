"""The live versions of this process: what a request is answered by, swapped as a whole by a flip."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from predictions.registry.loading import LoadedVersion

NOTHING_LIVE = "No version of the model is live yet."
NOT_LOADED = "The live version could not be loaded: /health/ready says why."


class NoLiveVersion(Exception):
    """Nothing is live, or what is live could not be loaded."""


@dataclass(frozen=True, kw_only=True)
class ServedModel:
    """One registered model as this process serves it; `version` is None where nothing is live."""

    name: str
    public: bool
    output_name: str
    invalid_input_message: str
    log_rate: int  # percent; these two have no default: a snapshot that forgets them would log too much
    redacted: frozenset[str]
    version: LoadedVersion | None
    before: LoadedVersion | None = None  # the one that this process served before it


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """All that a request needs, in one immutable value: a flip swaps the whole of it."""

    models: Mapping[str, ServedModel] = field(default_factory=dict)
    default: ServedModel | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    known: bool = False  # whether the ledger was ever read, or what an earlier worker kept of it
    database_away: bool = False
    checked_at: float = 0.0

    def live(self, served: ServedModel) -> LoadedVersion:
        """Return the version that answers for a model. Raises `NoLiveVersion`."""
        if served.version is None:
            raise NoLiveVersion(NOT_LOADED if served.name in self.problems else NOTHING_LIVE)
        return served.version

    @property
    def age(self) -> float:
        """Seconds since the ledger was last asked for."""
        return time.monotonic() - self.checked_at


_snapshot = Snapshot()


def current() -> Snapshot:
    """What this process serves now: a pointer, read without a lock or a query."""
    return _snapshot


def swap(snapshot: Snapshot) -> None:
    """Serve this from now on; requests in flight finish on what they began with."""
    global _snapshot
    _snapshot = snapshot
