"""The exhibits and the rehearsal of a run: compressed JSON under MEDIA_ROOT, named in an `EvidenceFile`."""

import gzip
import json
from typing import Any

from predictions.registry import artefacts
from scheduling.evidence.rehearsed import Rehearsal, RehearsalFailed, as_kept, from_kept
from scheduling.models import EvidenceFile, Run

FOLDER = "evidence"


def store(
    run: Run, exhibits: list[dict[str, Any]], rehearsed: Rehearsal | RehearsalFailed | None = None
) -> EvidenceFile:
    """Write the file and return its row, unsaved. Raises `OSError`. Same evidence, same bytes."""
    kept = {"exhibits": exhibits, "rehearsal": rehearsed and as_kept(rehearsed)}
    content = gzip.compress(json.dumps(kept, ensure_ascii=False, allow_nan=False).encode(), mtime=0)
    folder = f"{FOLDER}/{run.registered_model.name}"
    path = artefacts.store(content, folder=folder, filename=f"run-{run.pk}.json.gz")
    return EvidenceFile(run=run, file=path, sha256=artefacts.sha256_of(content))


def read(run: Run) -> tuple[list[dict[str, Any]], str]:
    """Return the exhibits, and if there are none, why."""
    row = getattr(run, "evidence_file", None)
    if row is None:
        return [], "This run has made no pictures."
    if not row.file:
        return [], f"The pictures of this run could not be stored: {row.problem}"
    try:
        return _content(row)["exhibits"], ""
    except (artefacts.ArtefactMissing, artefacts.ArtefactCorrupt) as error:
        return [], f"The pictures of this run cannot be read: {error}"


def read_rehearsal(run: Run) -> Rehearsal | RehearsalFailed | None:
    """Return the rehearsal, or None. Raises `ArtefactMissing`, `ArtefactCorrupt`, `RehearsalUnreadable`."""
    row = getattr(run, "evidence_file", None)
    kept = _content(row)["rehearsal"] if row and row.file else None
    return kept and from_kept(kept)


def _content(row: EvidenceFile) -> dict[str, Any]:
    return json.loads(gzip.decompress(artefacts.read(row.file, sha256=row.sha256)))
