"""`manage.py backtest`: which past decisions would have come out otherwise under other limits."""

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
from scheduling.replay import backtest_telling
from scheduling.replay.backtesting import backtest
from scheduling.replay.changes import ChangeInvalid, parse_changes
from scheduling.replay.read_only import read_only
from scheduling.replay.telling import console_of


class Command(BaseCommand):
    """Exit codes: 0 however many decisions change, 2 where the arguments are not valid."""

    help = "Judge past runs again under other limits and show which decisions change. Nothing is written."

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("--limits", action="append", default=[], metavar="CHECK.LIMIT=VALUE", help="May be repeated.")
        add("--policy", action="append", default=[], metavar="KEY=VALUE", help="May be repeated.")
        add("--disable", action="append", default=[], metavar="CHECK", help="Judge without this check.")
        add("--not-blocking", action="append", default=[], metavar="CHECK", help="Only report this check.")
        add("--model", help="The registered model. The default model is used without it.")
        add("--since", type=moment, metavar="DATE", help="Only runs from this time (UTC) on: 2026-11-24.")
        add("--last", type=count, metavar="N", help="Only the newest N of these runs.")
        add("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        with read_only():
            model = model_of(options["model"])
            try:
                changes = parse_changes(
                    model, limits=options["limits"], policy=options["policy"], disabled=options["disable"],
                    not_blocking=options["not_blocking"],
                )  # fmt: skip
            except ChangeInvalid as error:
                raise CommandError(str(error), returncode=CANNOT) from None
            ids, console = ids_of_runs(model, options), Console(stderr=True)
            shown = track(ids, "Judging", console=console, transient=True, disable=not self.stderr.isatty())
            tested = [backtest(run_of(pk), changes) for pk in shown]
        if options["json"]:
            self.stdout.write(json.dumps(backtest_telling.as_values(tested, changes), indent=2))
        else:
            console = console_of(self.stdout)
            for part in backtest_telling.told(tested, changes):
                console.print(part)


def ids_of_runs(model: RegisteredModel, options: dict[str, Any]) -> list[int]:
    """The finished runs of this model that were judged, the oldest first."""
    runs = Run.objects.filter(registered_model=model, status=Run.Status.FINISHED, candidate__isnull=False)
    runs = runs.exclude(decision="")
    if options["since"]:
        runs = runs.filter(started_at__gte=options["since"])
    newest = runs.order_by("-pk").values_list("pk", flat=True)
    return sorted(newest[: options["last"]] if options["last"] else newest)


def model_of(name: str | None) -> RegisteredModel:
    """The model of this name, or the default one. Raises `CommandError` that lists what there is."""
    models = RegisteredModel.objects.order_by("name")
    found = models.filter(name=name) if name else models.filter(is_default=True)
    if model := found.first():
        return model
    known = ", ".join(one.name for one in models) or "none"
    problem = f"There is no registered model {name}." if name else "No model is the default. Use --model."
    raise CommandError(f"{problem} The registered models are: {known}.", returncode=CANNOT)


def moment(text: str) -> datetime:
    """Return a date or a moment, in UTC where it names no zone. Raises `ArgumentTypeError`."""
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ArgumentTypeError("Input should be a date such as 2026-11-24 or 2026-11-24T08:00.") from None


def count(text: str) -> int:
    """Return a number of runs. Raises `ArgumentTypeError`."""
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= 1_000_000:
        raise ArgumentTypeError("Input should be a whole number from 1 to 1000000.")
    return int(text)
