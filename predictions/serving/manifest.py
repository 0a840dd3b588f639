"""What was live when the ledger was last read, on disk for a worker that starts without a database.

One file, signed with a key derived from SECRET_KEY, so that nobody else can make a worker load anything. The
files that it names are verified by hash and golden rows as always.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec
from django.conf import settings
from django.core import signing

from predictions.registry.loading import Loadable

SALT = "predictions.serving.manifest"
FORMAT = 1  # a manifest with another number is not read


class ManifestUnusable(Exception):
    """There is no manifest, or no worker of this installation wrote it."""


@dataclass(frozen=True, kw_only=True)
class KeptModel:
    """One registered model as a worker served it; `version` is None if no version was live."""

    name: str
    public: bool
    is_default: bool
    output_name: str
    invalid_input_message: str
    log_rate: int
    redacted_features: list[str]
    version: Loadable | None

    def __str__(self) -> str:
        return self.name

    @property
    def live_version_id(self) -> int | None:
        return self.version.version_id if self.version else None


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Every registered model, and the time of writing in seconds since 1970."""

    models: list[KeptModel]
    written_at: float
    format: int = FORMAT


def path() -> Path:
    """Return the file of all workers of a host, who write the same."""
    return Path(settings.VAR_DIR) / "live_versions.signed"


def write(manifest: Manifest) -> None:
    """Replace the manifest as a whole or not at all. Raises `OSError`."""
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
    """Return what was written last. Raises `ManifestUnusable`."""
    try:
        signed = path().read_text()
        manifest = msgspec.json.decode(signing.Signer(salt=SALT).unsign(signed), type=Manifest)
    except FileNotFoundError:
        raise ManifestUnusable(f"{path()} does not exist") from None
    except signing.BadSignature:
        raise ManifestUnusable(f"{path()} is damaged, or was signed with another SECRET_KEY") from None
    except (OSError, ValueError) as error:  # msgspec's errors are ValueErrors
        raise ManifestUnusable(f"{path()} cannot be read: {error}") from error
    if manifest.format != FORMAT:
        message = f"has format {manifest.format}, but this program reads format {FORMAT}"
        raise ManifestUnusable(f"{path()} {message}")
    return manifest
