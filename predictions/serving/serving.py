"""The live versions of this process, which answer its requests. A promotion swaps them as a whole."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from predictions.registry.loading import LoadedVersion

NOTHING_LIVE = (
    "No version of the model is live yet. Start a training run, or promote a version in the admin. "
    "GET /api/runs says why candidates were not promoted."
)
NOT_LOADED = "The live version could not be loaded. /health/ready says why."


class NoLiveVersion(Exception):
    """No version is live, or the live version could not be loaded."""


@dataclass(frozen=True, kw_only=True)
class ServedModel:
    """One registered model as this process serves it; `version` is None if no version is live."""

    name: str
    public: bool
    output_name: str
    invalid_input_message: str
    log_rate: int  # percent; no default here and below: a snapshot without them would log too much
    redacted: frozenset[str]
    version: LoadedVersion | None
    before: LoadedVersion | None = None  # the one that this process served before it


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """All that a request needs, in one immutable value."""

    models: Mapping[str, ServedModel] = field(default_factory=dict)
    default: ServedModel | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    known: bool = False  # whether it comes from the ledger or from the manifest of an earlier worker
    database_away: bool = False
    checked_at: float = 0.0

    def live(self, served: ServedModel) -> LoadedVersion:
        """Return the version that answers for a model. Raises `NoLiveVersion`."""
        if served.version is None:
            raise NoLiveVersion(NOT_LOADED if served.name in self.problems else NOTHING_LIVE)
        return served.version

    @property
    def age(self) -> float:
        """Seconds since the follower last tried to read the ledger."""
        return time.monotonic() - self.checked_at


_snapshot = Snapshot()


def current() -> Snapshot:
    """Return what this process serves now, without a lock or a query."""
    return _snapshot


def swap(snapshot: Snapshot) -> None:
    """Serve this from now on. Running requests finish with the snapshot that they began with."""
    global _snapshot
    _snapshot = snapshot
