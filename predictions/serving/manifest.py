"""What was live when the ledger was last read, kept on disk: for a worker that starts without a database.

One file under VAR_DIR, signed with a key derived from SECRET_KEY: who cannot sign cannot make a worker
load anything else. The files it names are verified by hash and golden rows as always.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from django.conf import settings
from django.core import signing

from predictions.registry.loading import Loadable

log = logging.getLogger("predictions.serving.manifest")
SALT = "predictions.serving.manifest"
FORMAT = 1  # another number is not read: its fields may mean something else


class ManifestUnusable(Exception):
    """There is no manifest, or it is not what a worker of this installation wrote."""


@dataclass(frozen=True, kw_only=True)
class KeptModel:
    """One registered model as a worker served it; `version` is None where nothing was live."""

    name: str
    public: bool
    is_default: bool
    output_name: str
    invalid_input_message: str
    log_rate: int
    redacted_features: list[str]
    version: Loadable | None


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Every registered model, and when this was so: seconds since 1970."""

    models: list[KeptModel]
    written_at: float
    format: int = FORMAT

    @property
    def written(self) -> datetime:
        """The time of writing, in UTC."""
        return datetime.fromtimestamp(self.written_at, UTC)


def path() -> Path:
    """Where it is: one for all workers of a host, who write the same."""
    return Path(settings.VAR_DIR) / "live_versions.signed"


def write(manifest: Manifest) -> None:
    """Replace the manifest whole or not at all. Raises `OSError`."""
    text = msgspec.json.encode(manifest).decode()
    target = path()
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


def read() -> Manifest:
    """Return what was written last. Raises `ManifestUnusable` that says why it cannot be used."""
    try:
        signed = path().read_text()
        manifest = msgspec.json.decode(signing.Signer(salt=SALT).unsign(signed), type=Manifest)
    except FileNotFoundError:
        raise ManifestUnusable(f"there is no {path()}") from None
    except signing.BadSignature:
        raise ManifestUnusable(f"{path()} is damaged, or another SECRET_KEY signed it") from None
    except (OSError, ValueError) as error:  # msgspec's errors are ValueErrors
        raise ManifestUnusable(f"{path()} cannot be read: {error}") from error
    if manifest.format != FORMAT:
        raise ManifestUnusable(f"{path()} has format {manifest.format}, this program reads {FORMAT}")
    return manifest
