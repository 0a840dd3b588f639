"""The live versions of this process, which a promotion swaps as a whole; and what was live, kept on disk.

A worker that starts without a database serves what was kept. The file is signed with a key derived from
SECRET_KEY, so that nobody else can make a worker load anything.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import msgspec
from django.core import signing

from predictions.conf import config
from predictions.paths import pointing
from predictions.registry.loading import Loadable, LoadedVersion

NOTHING_LIVE = "No version of the model is live yet. Start a training run, or promote a version in the admin."
NOT_LOADED = "The live version could not be loaded."
SALT = "predictions.serving.manifest"
FORMAT = 2  # a manifest with another number is not read


class NoLiveVersion(Exception):
    """No version is live, or the live version could not be loaded."""


class HostAway(NoLiveVersion):
    """The live version is answered by the model host, which is away."""


class ManifestUnusable(Exception):
    """There is no manifest, or no worker of this installation wrote it."""


class SignedOtherwise(ManifestUnusable):
    """Its signature is not that of this SECRET_KEY."""


def nothing_live() -> str:
    """Return the sentence, with where to read more if the project has that path."""
    return NOTHING_LIVE + pointing(" GET {} says why candidates were not promoted.", "runs")


def not_loaded() -> str:
    """Return the sentence, with where to read more if the project has that path."""
    return NOT_LOADED + pointing(" {} says why.", "health-ready")


@dataclass(frozen=True, kw_only=True)
class ModelColumns:
    """What a process knows of a registered model, beside its versions."""

    name: str
    public: bool
    output_name: str
    invalid_input_message: str
    log_rate: int  # percent; no default here and below: a snapshot without them would log too much


@dataclass(frozen=True, kw_only=True)
class ServedModel(ModelColumns):
    """One registered model as this process serves it; `version` is None if no version is live."""

    redacted: frozenset[str]
    version: LoadedVersion | None
    before: LoadedVersion | None = None  # the one that this process served before it


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """All that a request needs, in one immutable value."""

    models: Mapping[str, ServedModel] = field(default_factory=dict)
    default: ServedModel | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    without_host: frozenset[str] = frozenset()  # models whose only problem is that the model host is away
    known: bool = False  # whether it comes from the ledger or from the manifest of an earlier worker
    database_away: bool = False
    checked_at: float = 0.0

    def live(self, served: ServedModel) -> LoadedVersion:
        """Return the version that answers for a model. Raises `NoLiveVersion`."""
        if served.version is None:
            raise NoLiveVersion(not_loaded() if served.name in self.problems else nothing_live())
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


@dataclass(frozen=True, kw_only=True)
class KeptModel(ModelColumns):
    """One registered model as a worker served it; `version` is None if no version was live."""

    is_default: bool
    redacted_features: list[str]
    version: Loadable | None

    def __str__(self) -> str:
        return self.name

    @property
    def live_version_id(self) -> int | None:
        return self.version.version_id if self.version else None


def manifest_path() -> Path:
    """Return the file of all workers of a host, who write the same."""
    return config.VAR_DIR / "live_versions.signed"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Every registered model, and the time of writing in seconds since 1970."""

    models: list[KeptModel]
    written_at: float
    format: int = FORMAT

    def write(self) -> None:
        """Replace the file as a whole or not at all. Raises `OSError`."""
        text, target = msgspec.json.encode(self).decode(), manifest_path()
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(signing.Signer(salt=SALT).sign(text))
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, target)
        finally:
            draft.unlink(missing_ok=True)

    @classmethod
    def read(cls) -> Self:
        """Return what was written last. Raises `ManifestUnusable`."""
        path = manifest_path()
        try:
            manifest = msgspec.json.decode(signing.Signer(salt=SALT).unsign(path.read_text()), type=cls)
        except FileNotFoundError:
            raise ManifestUnusable(f"{path} does not exist") from None
        except signing.BadSignature:
            raise SignedOtherwise(f"{path} is damaged, or was signed with another SECRET_KEY") from None
        except (OSError, ValueError) as error:  # msgspec's errors are ValueErrors
            raise ManifestUnusable(f"{path} cannot be read: {error}") from error
        if manifest.format != FORMAT:
            message = f"has format {manifest.format}, but this program reads format {FORMAT}"
            raise ManifestUnusable(f"{path} {message}")
        return manifest
