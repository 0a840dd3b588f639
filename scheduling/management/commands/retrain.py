"""`manage.py retrain`: a retraining now, by a person at a shell, or one as it would have been in the past."""

import json
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from predictions.models import RegisteredModel
from scheduling.management.arguments import CANNOT, moment
from scheduling.management.registering import RegisteringCommand, asker
from scheduling.models import Run
from scheduling.models.schedule import TaskName
from scheduling.runs.retraining_parameters import retraining_parameters


class Command(RegisteringCommand):
    """The same as `POST /api/runs` with the task `retrain`, and waits for the run."""

    help = (
        "Retrain a model now and judge the candidate. With a data source, --as-of reads the rows as they "
        "were at a moment in the past: month after month, that plays a year. "
        "Exit codes: 0 the run finished, whatever it decided; 2 it failed, or nothing was run."
    )
    examples = (
        "retrain iris",
        "retrain iris --as-of 2026-03-01 --json",
        "retrain iris --repeat",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("model", help="The name of the registered model.")
        add(
            "--as-of", type=moment, metavar="DATE", help="The moment up to which rows are read. Default: now."
        )
        add("--repeat", action="store_true", help="Train also where there is nothing new.")
        add("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *, model: str, as_of: datetime | None, repeat: bool, **options: Any) -> None:
        """Queue the run, see it through, and tell what it decided."""
        registered_model = RegisteredModel.objects.filter(name=model).first()
        if registered_model is None:
            raise CommandError(f"There is no model {model}. Register it first.", returncode=CANNOT)
        if as_of and as_of > timezone.now():
            raise CommandError("--as-of: the moment should not be in the future.", returncode=CANNOT)
        parameters = retraining_parameters(as_of=as_of, repeat=repeat)
        by = asker()
        run = Run.objects.enqueue(
            task=TaskName.RETRAIN, registered_model=registered_model, trigger=by.trigger,
            requested_by=by.by, parameters=parameters,
        )  # fmt: skip
        self.finished(run)
        told = {
            "run": run.pk,
            "version": run.candidate.label if run.candidate else None,
            "decision": run.decision or None,
            "reason": run.reason,
        }
        self.stdout.write(json.dumps(told, indent=2) if options["json"] else f"{run}: {run.reason}")
