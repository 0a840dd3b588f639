"""Look whether what went live does worse than before, and roll back where it does."""

from django.utils import timezone

from scheduling.models import Run
from scheduling.watch.watches import look_at_all


def run(run: Run) -> None:
    """Open, look at and close the watches of the run's registered model."""
    told = look_at_all(run.registered_model, run, now=timezone.now())
    reason = " ".join(told) or "Nothing is watched."
    Run.objects.close(run, status=Run.Status.FINISHED, reason=reason)
