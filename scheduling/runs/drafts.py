"""What runs write before it is registered: a folder each, which goes with the run, however it ends."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from predictions.conf import config
from scheduling.models import Run

FOLDER = "drafts"  # under MEDIA_ROOT, so that a finished file is moved and not copied


@contextmanager
def folder_of(run: int) -> Iterator[Path]:
    """A folder of the run's own; nothing of it stays."""
    folder = config.MEDIA_ROOT / FOLDER / f"run-{run}"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove what runs that were killed have left behind."""
    for folder in (config.MEDIA_ROOT / FOLDER).glob("run-*"):
        run = folder.name.removeprefix("run-")
        if run.isdecimal() and not Run.objects.unfinished().filter(pk=int(run)).exists():
            shutil.rmtree(folder, ignore_errors=True)
