"""Files that somebody sent, from the door to the run that opens them: kept private, and not kept long.

Whoever ends a run otherwise removes its files; the leading scheduler removes what is left behind.
"""

import time
from collections.abc import Iterable
from pathlib import Path

from predictions.registry import artefacts
from scheduling.models import Run
from scheduling.models.run import RunQuerySet
from scheduling.models.schedule import TaskName
from scheduling.runs.parcels import FOLDER, remove_folder

GRACE_SECONDS = 3600.0  # files are stored before the row that names them
PREVIEW = "preview"  # reads the files of a model, which a person confirms afterwards
PREVIEW_SECONDS = 24 * 3600.0  # that the files wait for the person
WITH_FILES = (TaskName.UPLOAD, TaskName.REGISTER)


def take(run: Run) -> dict[str, bytes]:
    """Return the run's files by their names, and remove them. Raises `ArtefactMissing`, `ArtefactCorrupt`."""
    try:
        return look_into(run)
    finally:
        remove(run)


def look_into(run: Run) -> dict[str, bytes]:
    """Return the run's files by their names. Raises `ArtefactMissing`, `ArtefactCorrupt`."""
    folder, files = run.parameters["quarantine"], run.parameters["files"].items()
    return {name: artefacts.read(f"{folder}/{name}", sha256=one["sha256"]) for name, one in files}


def remove(run: Run) -> None:
    """Remove the files of a run that has some, if they are still there."""
    if folder := run.parameters.get("quarantine"):
        remove_folder(folder)


def sweep() -> None:
    """Remove the files of each run that has ended, and those that no run has come to name."""
    ages: dict[str, float] = {}
    for path, status in artefacts.stored_in(FOLDER):
        folder, age = str(Path(path).parent), abs(time.time() - status.st_mtime)
        ages[folder] = min(age, ages.get(folder, age))
    if not ages:
        return
    named = Run.objects.filter(task__in=WITH_FILES, parameters__quarantine__in=list(ages))
    # Asked first, so that a run which is queued while this asks is not taken for one that has ended.
    known = _folders_of(named)
    unfinished, waiting = _folders_of(Run.objects.unfinished()), _folders_of(_to_be_confirmed(named))
    ended = known - unfinished - waiting
    for folder, age in ages.items():
        most = PREVIEW_SECONDS if folder in waiting else GRACE_SECONDS
        if folder in ended or (folder not in unfinished and age > most):
            remove_folder(folder)


def wanted_among(folders: Iterable[str]) -> set[str]:
    """Return the folders whose files a run or a person has still to look at."""
    named = Run.objects.filter(task__in=WITH_FILES, parameters__quarantine__in=list(folders))
    return _folders_of(named.unfinished()) | _folders_of(_to_be_confirmed(named))


def _to_be_confirmed(runs: RunQuerySet) -> RunQuerySet:
    previews = runs.filter(parameters__what=PREVIEW, status=Run.Status.FINISHED)
    return previews.filter(registered_model__signatures=None)


def _folders_of(runs: RunQuerySet) -> set[str]:
    return set(runs.values_list("parameters__quarantine", flat=True))
