"""Remove predictions, runs, versions and files that are past their time and that nothing refers to."""

from django.utils import timezone

from scheduling.approvals.approvals import lapse_outdated
from scheduling.models import Run
from scheduling.operations.retention import dated_ahead, prune


def run(run: Run) -> None:
    """Prune the run's registered model and say what went; questions past their time lapse first."""
    lapsed = lapse_outdated(run.registered_model)
    now = timezone.now()
    done = prune(run.registered_model, now=now)
    reason = (
        f"Removed {done.predictions} predictions, {done.runs} runs, {done.versions} versions and "
        f"{done.files} files ({done.bytes / 2**20:.1f} MB). Retired {done.retired} versions. "
        f"{lapsed} approvals lapsed."
    )
    if ahead := dated_ahead(run.registered_model, now=now):
        reason += f" {ahead} rows are kept, because a wrong clock dated them in the future."
    Run.objects.close(run, status=Run.Status.FINISHED, reason=reason)
