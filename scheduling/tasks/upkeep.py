"""What keeps a model well once it is live: the watch over a flip, and what is too old goes."""

from django.utils import timezone

from predictions.contract.numbers import counted
from scheduling.approvals.approvals import lapse_outdated
from scheduling.models import Run, Watch
from scheduling.operations import retention
from scheduling.runs.transitions import finish
from scheduling.watch.watches import look


def prune(run: Run) -> None:
    """Prune the run's registered model and say what went; questions past their time lapse first."""
    lapsed = lapse_outdated(run.registered_model)
    now = timezone.now()
    done = retention.prune(run.registered_model, now=now)
    removed = (f"{counted(done.predictions, 'prediction')}, {counted(done.runs, 'run')}, "
               f"{counted(done.versions, 'version')} and {counted(done.files, 'file')}")  # fmt: skip
    reason = (
        f"Removed {removed} ({done.bytes / 2**20:.1f} MB). Retired {counted(done.retired, 'version')}. "
        f"{counted(lapsed, 'approval')} lapsed."
    )
    if ahead := retention.dated_ahead(run.registered_model, now=now):
        reason += f" Kept {counted(ahead, 'row')} that a wrong clock dated in the future."
    finish(run, reason)


def watch(run: Run) -> None:
    """Look again at the watch that this run is for; where it rolls back, that has closed the run."""
    still_open = Watch.objects.open().with_flip().filter(run=run).first()
    said = look(still_open, now=timezone.now(), run=run) if still_open else "The watch has already ended."
    finish(run, said)
