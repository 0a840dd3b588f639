"""`manage.py simulate_policies`: which gate policy a model's own past speaks for."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError, CommandParser
from rich.console import Console, RenderableType
from rich.progress import track

from predictions.management.examples import WithExamples
from predictions.models import RegisteredModel
from scheduling.management.arguments import CANNOT, amount, count, moment
from scheduling.replay.guards import read_only

Found = tuple[dict[str, Any], Iterator[RenderableType]]  # for programs, and for people
CHANGES = ("limits", "policy", "disabled", "not_blocking")
PLAYED = ("candidates", "amounts")
INTERRUPTED = 130
MANY: dict[str, Any] = {"action": "append", "default": []}


class Command(WithExamples):
    """Exit codes: 0 whatever it recommends, 2 if the arguments are wrong or nothing can be played."""

    help = "Play a model's past under several policies and recommend one. Nothing is written."
    examples = (
        "simulate_policies iris",
        "simulate_policies iris --recorded --last 10 --limits latency.max_p95_ms=80",
        "simulate_policies iris --recorded --policy approval=by_person --json",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("model", nargs="?", help="The name of the registered model. Default: the default model.")
        kinds = ("recipe", "versions")
        add("--candidates", choices=kinds, default="", help="Default: recipe, if the model has one.")
        help_of_amounts = "A margin and least gain to try, in the metric's own units. Repeatable."
        add("--margin", **MANY, dest="amounts", type=amount, metavar="VALUE", help=help_of_amounts)
        add("--since", type=moment, metavar="DATE", help="Only periods, or runs, from this date on.")
        add("--last", type=count, metavar="N", help="Only the N newest of these periods, or runs.")
        add("--json", action="store_true", help="Print one JSON object.")
        add("--recorded", action="store_true", help="Judge recorded runs again, under the changes below.")
        recorded = parser.add_argument_group("with --recorded").add_argument
        recorded("--limits", **MANY, metavar="CHECK.LIMIT=VALUE", help="Another limit. Repeatable.")
        recorded("--policy", **MANY, metavar="KEY=VALUE", help="Another setting of the policy. Repeatable.")
        recorded(
            "--disable", **MANY, dest="disabled", metavar="CHECK", help="Without this check. Repeatable."
        )
        recorded("--not-blocking", **MANY, metavar="CHECK", help="Let this check only report. Repeatable.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import what takes seconds only here, so that Ctrl-C meanwhile ends in one line too."""
        refuse_mixture(options)
        try:
            with read_only():
                model = model_of(options["model"])
                found, parts = (
                    self._recorded(model, options) if options["recorded"] else _played(model, options)
                )
                self._tell(found, parts, as_json=options["json"])
        except KeyboardInterrupt:
            raise CommandError("Interrupted. Nothing was written.", returncode=INTERRUPTED) from None

    def _tell(self, values: dict[str, Any], parts: Iterator[RenderableType], *, as_json: bool) -> None:
        from scheduling.replay.report import show

        if as_json:
            self.stdout.write(json.dumps(values, indent=2))
        else:
            show(parts, self.stdout)

    def _recorded(self, model: RegisteredModel, options: dict[str, Any]) -> Found:
        from scheduling.management.commands.replay_run import run_of
        from scheduling.simulation.recorded import tables
        from scheduling.simulation.recorded.changes import ChangeInvalid, parse_changes
        from scheduling.simulation.recorded.rejudging import rejudge

        try:
            changes = parse_changes(model, **{name: options[name] for name in CHANGES})
        except ChangeInvalid as error:
            raise CommandError(str(error), returncode=CANNOT) from None
        console, quiet = Console(stderr=True), not self.stderr.isatty()
        ids = track(
            ids_of_runs(model, options), "Judging again", console=console, transient=True, disable=quiet
        )
        tested = [rejudge(run_of(pk), changes) for pk in ids]
        return tables.as_values(tested, changes), tables.as_tables(tested, changes)


def _played(model: RegisteredModel, options: dict[str, Any]) -> Found:
    from scheduling.simulation.registered_past import NothingToPlay, Question
    from scheduling.simulation.report import tables
    from scheduling.simulation.report.schema import as_stored
    from scheduling.simulation.simulating import simulate

    asked = {name: options[name] for name in ("candidates", "since", "last")}
    question = Question(amounts=tuple(options["amounts"]), **asked)
    try:
        with Console(stderr=True).status(f"Simulating {model}") as status:
            report = simulate(model, question, tell=lambda step: status.update(f"{model}: {step}"))
    except NothingToPlay as error:
        raise CommandError(str(error), returncode=CANNOT) from None
    return as_stored(report), tables.as_tables(report)


def refuse_mixture(options: dict[str, Any]) -> None:
    """Raise `CommandError` for an option that has no effect with the others."""
    others = PLAYED if options["recorded"] else CHANGES
    names = {"disabled": "disable", "not_blocking": "not-blocking", "amounts": "margin"}
    if wrong := [f"--{names.get(name, name)}" for name in others if options[name]]:
        remedy = "Leave it out with --recorded" if options["recorded"] else "Give it with --recorded"
        raise CommandError(f"{', '.join(wrong)} has no effect here. {remedy}.", returncode=CANNOT)


def ids_of_runs(model: RegisteredModel, options: dict[str, Any]) -> list[int]:
    """Return the finished runs of this model that were judged, the oldest first."""
    from scheduling.simulation.recorded.rejudging import judged_runs

    runs = judged_runs(model)
    if options["since"]:
        runs = runs.filter(started_at__gte=options["since"])
    newest = runs.values_list("pk", flat=True)
    return sorted(newest[: options["last"]] if options["last"] else newest)


def model_of(name: str | None) -> RegisteredModel:
    """Return the model of this name, or the default one. Raises `CommandError` with all names."""
    models = RegisteredModel.objects.order_by("name")
    found = models.filter(name=name) if name else models.filter(is_default=True)
    if model := found.first():
        return model
    known = ", ".join(one.name for one in models) or "none"
    said = f"The registered model {name} does not exist." if name else "No default model is set: name one."
    raise CommandError(f"{said} Registered models: {known}.", returncode=CANNOT)
