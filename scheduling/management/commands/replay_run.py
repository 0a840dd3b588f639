"""`manage.py replay_run <id>`: compute a run's decision again from what was kept."""

import json
import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from predictions.management.examples import WithExamples
from scheduling.management.arguments import CANNOT
from scheduling.models import Run
from scheduling.replay import report
from scheduling.replay.guards import NotReplayable, read_only
from scheduling.replay.replaying import rehearse_again, replay


class Command(WithExamples):
    """Exit codes: 0 same decision and figures, 1 something differs, 2 the run cannot be replayed."""

    help = "Compute the decision of a finished run again and show what differs. Nothing is written."
    examples = (
        "replay_run 12",
        "replay_run 12 --rehearse --json",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=int, help="The number of the run, as in the admin.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")
        again = "Also rehearse both versions again on this machine and show what that finds."
        parser.add_argument("--rehearse", action="store_true", help=again)

    def handle(self, *args: Any, **options: Any) -> None:
        run = run_of(options["run"])
        try:
            with read_only():
                replayed = replay(run)
                again = rehearse_again(replayed) if options["rehearse"] else None
        except NotReplayable as error:
            raise CommandError(f"{run} cannot be replayed. {error}", returncode=CANNOT) from error
        if options["json"]:
            rehearsed = {"rehearsed_again": report.rehearsal_values(*again)} if again else {}
            self.stdout.write(json.dumps(report.as_values(replayed) | rehearsed, indent=2))
        else:
            report.show(report.as_tables(replayed), self.stdout)
            if again:
                report.show(report.rehearsal_tables(replayed, *again), self.stdout)
        if replayed.differences:
            sys.exit(1)


def run_of(pk: int) -> Run:
    """Return a run with all that its record names. Raises `CommandError`."""
    related = ("candidate", "champion")
    names = [f"{name}__signature__registered_model" for name in related]
    run = Run.objects.select_related(
        "registered_model", "evaluation_dataset", "evidence_file", "candidate__training_dataset", *names
    ).filter(pk=pk).first()  # fmt: skip
    if run is None:
        raise CommandError(
            f"Run {pk} does not exist. The admin lists the runs; old ones are pruned.", returncode=CANNOT
        )
    return run
