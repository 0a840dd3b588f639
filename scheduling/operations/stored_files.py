"""Whether the files under MEDIA_ROOT are those that the database names, and are as they were registered.

Rows and files are read in batches, and a file in pieces: memory does not grow with what is stored.
"""

import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.db.models import Model, QuerySet

from predictions.conf import config
from predictions.models import Dataset, ModelVersion
from predictions.registry import artefacts
from scheduling.engine.leading import SIGN
from scheduling.models import EvidenceFile
from scheduling.runs.parcels import FOLDER
from scheduling.runs.quarantine import GRACE_SECONDS, wanted_among

BATCH = 500
OURS = (SIGN, ".gitkeep")  # no row names them: the leader's sign, and what keeps an empty folder in git
# Whose files, and the columns with their paths and hashes.
NAMED: tuple[tuple[type[Model], tuple[tuple[str, str], ...]], ...] = (
    (Dataset, (("file", "sha256"),)),
    (ModelVersion, (("artefact", "artefact_sha256"), ("served_form", "served_form_sha256"))),
    (EvidenceFile, (("file", "sha256"),)),
)


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """One file. Its fault is "missing", "changed", "unreadable" or "unknown"; empty if there is none."""

    path: str
    fault: str = ""
    named_by: str = ""  # the row; empty for a file that none names


def examine_files() -> Iterator[StoredFile]:
    """Yield each file that a row names, then each that none names. Files of retired versions may be gone."""
    for model, columns in NAMED:
        for row in _rows(model).iterator(chunk_size=BATCH):
            for path, sha256 in columns:
                if relative := getattr(row, path):
                    fault = _fault(relative, getattr(row, sha256))
                    yield StoredFile(path=relative, fault=fault, named_by=_name(row))
    yield from (StoredFile(path=path, fault="unknown") for path in _unknown())


def _rows(model: type[Model]) -> QuerySet[Any]:
    rows = model._default_manager.order_by("pk")
    if model is ModelVersion:
        return rows.filter(retired_at=None).select_related("signature__registered_model")
    return rows.select_related("registered_model" if model is Dataset else "run__registered_model")


def _name(row: Any) -> str:
    kind = {Dataset: "dataset", ModelVersion: "version", EvidenceFile: ""}[type(row)]
    return f"{kind} {row}".strip()


def _fault(relative: str, sha256: str) -> str:
    try:
        with open(config.MEDIA_ROOT / relative, "rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "unreadable"
    return "" if same else "changed"


def _unknown() -> Iterator[str]:
    """The files that no row names. A young one may be written just now: its row comes after it."""
    latest = time.time() - GRACE_SECONDS
    files = (
        path for path, status in artefacts.stored_in("") if status.st_mtime < latest and path not in OURS
    )
    while batch := list(islice(files, BATCH)):
        yield from sorted(set(batch) - _named_among(batch))


def _named_among(paths: Iterable[str]) -> set[str]:
    named: set[str] = set()
    for model, columns in NAMED:
        for path, _ in columns:
            rows = model._default_manager.filter(**{f"{path}__in": paths}).order_by()
            named |= set(rows.values_list(path, flat=True))
    folders = {path: str(Path(path).parent) for path in paths}
    waiting = wanted_among({one for one in folders.values() if one.startswith(f"{FOLDER}/")})
    return named | {path for path, folder in folders.items() if folder in waiting}
