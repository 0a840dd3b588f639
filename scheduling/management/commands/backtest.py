"""`manage.py backtest`: which past decisions would change under other limits."""

import json
from argparse import ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import track

from predictions.models import RegisteredModel
from scheduling.management.commands.replay_run import CANNOT, run_of
from scheduling.models import Run
from scheduling.replay import backtest_report, report
from scheduling.replay.backtesting import backtest
from scheduling.replay.changes import ChangeInvalid, parse_changes
from scheduling.replay.guards import read_only

CHANGES = ("limits", "policy", "disabled", "not_blocking")


class Command(BaseCommand):
    """Exit codes: 0 however many decisions change, 2 if the arguments are wrong."""

    help = "Judge past runs again under other limits and show which decisions change. Nothing is written."

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        many: dict[str, Any] = {"action": "append", "default": []}
        add("--limits", **many, metavar="CHECK.LIMIT=VALUE", help="Another limit of a check. Repeatable.")
        add("--policy", **many, metavar="KEY=VALUE", help="Another setting of the policy. Repeatable.")
        add(
            "--disable",
            **many,
            dest="disabled",
            metavar="CHECK",
            help="Judge without this check. Repeatable.",
        )
        add("--not-blocking", **many, metavar="CHECK", help="Let this check only report. Repeatable.")
        add("--model", help="The name of the registered model. Default: the default model.")
        add("--since", type=moment, metavar="DATE", help="Only runs that started from this date on (UTC).")
        add("--last", type=count, metavar="N", help="Only the N newest of these runs.")
        add("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        with read_only():
            model = model_of(options["model"])
            try:
                changes = parse_changes(model, **{name: options[name] for name in CHANGES})
            except ChangeInvalid as error:
                raise CommandError(str(error), returncode=CANNOT) from None
            ids = track(
                ids_of_runs(model, options),
                "Judging again",
                console=Console(stderr=True),
                transient=True,
                disable=not self.stderr.isatty(),
            )
            tested = [backtest(run_of(pk), changes) for pk in ids]
        if options["json"]:
            self.stdout.write(json.dumps(backtest_report.as_values(tested, changes), indent=2))
        else:
            report.show(backtest_report.as_tables(tested, changes), self.stdout)


def ids_of_runs(model: RegisteredModel, options: dict[str, Any]) -> list[int]:
    """Return the finished runs of this model that were judged, the oldest first."""
    runs = Run.objects.filter(registered_model=model, status=Run.Status.FINISHED, candidate__isnull=False)
    runs = runs.exclude(decision="")
    if options["since"]:
        runs = runs.filter(started_at__gte=options["since"])
    newest = runs.order_by("-pk").values_list("pk", flat=True)
    return sorted(newest[: options["last"]] if options["last"] else newest)


def model_of(name: str | None) -> RegisteredModel:
    """Return the model of this name, or the default one. Raises `CommandError` with all names."""
    models = RegisteredModel.objects.order_by("name")
    found = models.filter(name=name) if name else models.filter(is_default=True)
    if model := found.first():
        return model
    known = ", ".join(one.name for one in models) or "none"
    said = (
        f"The registered model {name} does not exist." if name else "No default model is set: give --model."
    )
    raise CommandError(f"{said} Registered models: {known}.", returncode=CANNOT)


def moment(text: str) -> datetime:
    """Return a date or a moment, in UTC if it does not name a time zone. Raises `ArgumentTypeError`."""
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ArgumentTypeError("should be a date such as 2026-11-24 or 2026-11-24T08:00") from None


def count(text: str) -> int:
    """Return a number of runs. Raises `ArgumentTypeError`."""
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= 1_000_000:
        raise ArgumentTypeError("should be a number from 1 to 1000000")
    return int(text)
