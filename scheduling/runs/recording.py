"""What a run writes while it works: only as long as it is still this process's to write."""

from __future__ import annotations

from typing import Any

from scheduling.models import Run


class RunFenced(Exception):
    """The run is no longer this process's to write: it was cancelled, interrupted or taken over."""


def note(run: Run, **columns: Any) -> None:
    """Write facts of the work so far to a run that is still ours. Raises `RunFenced`."""
    mine = Run.objects.running().filter(pk=run.pk, epoch=run.epoch)
    if not mine.update(**columns):
        raise RunFenced(f"{run} is no longer running for this process")


def lock(run: Run) -> None:
    """Lock the row of a run that is still ours, to the end of the transaction. Raises `RunFenced`."""
    mine = Run.objects.running().filter(pk=run.pk, epoch=run.epoch)
    if mine.select_for_update().first() is None:
        raise RunFenced(f"{run} is no longer running for this process")
