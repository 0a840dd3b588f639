"""The file of a run's exhibits: compressed JSON under MEDIA_ROOT, named in an `EvidenceFile`."""

from __future__ import annotations

import gzip
import json
from typing import Any

from predictions import artefacts
from scheduling.models import EvidenceFile, Run

FOLDER = "evidence"


def store(run: Run, exhibits: list[dict[str, Any]]) -> EvidenceFile:
    """Write the file and return its row, unsaved. Raises `OSError`. Same exhibits, same bytes."""
    content = gzip.compress(json.dumps(exhibits, ensure_ascii=False, allow_nan=False).encode(), mtime=0)
    folder = f"{FOLDER}/{run.registered_model.name}"
    path = artefacts.store(content, folder=folder, filename=f"run-{run.pk}.json.gz")
    return EvidenceFile(run=run, file=path, sha256=artefacts.sha256_of(content))


def read(run: Run) -> tuple[list[dict[str, Any]], str]:
    """Return the exhibits, and where there are none, why."""
    row = getattr(run, "evidence_file", None)
    if row is None:
        return [], "This run made no exhibits."
    if not row.file:
        return [], f"The exhibits could not be kept: {row.problem}"
    try:
        content = artefacts.read(row.file, sha256=row.sha256)
    except (artefacts.ArtefactMissing, artefacts.ArtefactCorrupt) as error:
        return [], f"The exhibits cannot be read: {error}"
    return json.loads(gzip.decompress(content)), ""
