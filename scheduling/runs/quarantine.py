"""Uploaded bytes between the web tier and the run that opens them: kept private, and not kept long.

Whoever ends the run otherwise removes them; the leading scheduler removes what is left behind.
"""

import time
import uuid
from contextlib import suppress

from django.conf import settings

from predictions.registry import artefacts
from scheduling.models import Run
from scheduling.models.schedule import TaskName

FOLDER = "quarantine"
GRACE_SECONDS = 3600.0  # a file is stored before the row that names it


def keep(content: bytes) -> dict[str, str]:
    """Store the bytes where only this user reads them; return what the run's parameters say of them."""
    folder = settings.MEDIA_ROOT / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with suppress(PermissionError):  # another user made it, and decided who may look
        folder.chmod(0o700)
    path = artefacts.store(content, folder=FOLDER, filename=f"{uuid.uuid4().hex}.upload")
    return {"quarantine": path, "sha256": artefacts.sha256_of(content)}


def take(run: Run) -> bytes:
    """Return the bytes of an upload and remove them. Raises `ArtefactMissing` or `ArtefactCorrupt`."""
    try:
        return artefacts.read(run.parameters["quarantine"], sha256=run.parameters["sha256"])
    finally:
        remove(run)


def remove(run: Run) -> None:
    """Remove the file of a run that has one, if it is still there."""
    if path := run.parameters.get("quarantine"):
        with suppress(OSError):  # another user's: that scheduler's or prune's to remove
            artefacts.remove(path)


def sweep() -> None:
    """Remove each file whose run has ended, and those that no run has come to name."""
    ages = {path: time.time() - status.st_mtime for path, status in artefacts.stored_in(FOLDER)}
    if not ages:
        return
    uploads = Run.objects.filter(task=TaskName.UPLOAD)
    of_ended = uploads.filter(parameters__quarantine__in=list(ages)).exclude(pk__in=Run.objects.unfinished())
    ended = set(of_ended.values_list("parameters__quarantine", flat=True))
    waiting = set(Run.objects.unfinished().values_list("parameters__quarantine", flat=True))
    for path, age in ages.items():
        if path in ended or (path not in waiting and abs(age) > GRACE_SECONDS):
            with suppress(OSError):
                artefacts.remove(path)
