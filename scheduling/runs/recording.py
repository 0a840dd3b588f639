"""What a run writes while it works: only as long as it is still this process's to write."""

from __future__ import annotations

from typing import Any

from scheduling.models import Run
from scheduling.models.run import RunQuerySet


class RunFenced(Exception):
    """The run is no longer this process's to write: it was cancelled, interrupted or taken over."""


def note(run: Run, **columns: Any) -> None:
    """Write facts of the work so far to a run that is still ours. Raises `RunFenced`."""
    if not _ours(run).update(**columns):
        raise _fenced(run)


def lock(run: Run) -> None:
    """Lock the row of a run that is still ours, to the end of the transaction. Raises `RunFenced`."""
    if _ours(run).select_for_update().first() is None:
        raise _fenced(run)


def _ours(run: Run) -> RunQuerySet:
    """The run's row, as long as this process may write to it."""
    return Run.objects.running().filter(pk=run.pk, epoch=run.epoch)


def _fenced(run: Run) -> RunFenced:
    return RunFenced(f"{run} is no longer running for this process")
