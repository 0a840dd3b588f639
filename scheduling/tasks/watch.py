"""Act on what a look at a watch found: look again, and roll back where it is still so."""

from django.utils import timezone

from scheduling.models import Run, Watch
from scheduling.watch.watches import look


def run(run: Run) -> None:
    """Look at the watch that this run is for. A roll back and the end of the run are one transaction."""
    watch = Watch.objects.open().with_flip().filter(run=run).first()
    said = look(watch, now=timezone.now(), run=run) if watch else "The watch has already ended."
    Run.objects.close(run, status=Run.Status.FINISHED, reason=said)
