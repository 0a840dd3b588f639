"""`manage.py register_model`: a model of your own, with its data, from this shell."""

from argparse import BooleanOptionalAction
from typing import Any

from django.core.management.base import CommandError, CommandParser

from predictions.models import RegisteredModel
from scheduling.management.arguments import CANNOT
from scheduling.management.columns import add_options, as_json
from scheduling.management.registering import (
    RegisteringCommand,
    asker,
    filled,
    parts_of_model,
    refusing,
)
from scheduling.models import Run
from scheduling.registering import asking, standing, telling
from scheduling.runs.parcels import Parcel, parcel
from scheduling.views.registering.forms import HELP, RegisterModelForm, RegisterVersionForm

DATA = ("training", "evaluation", "label")
FACTS = ("title", "task", "positive", "time", "group", "drop")


class Command(RegisteringCommand):
    """The same as `POST /api/models` and, without data, as `POST /api/models/{name}/versions`."""

    help = (
        "Register a model with its data and judge its first version; without data, add a version. "
        "Exit codes: 0 done and live, 1 registered but not live, 2 refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("name", help="The name that clients use: a to z, digits, hyphens, underscores.")
        add("--model", metavar="FILE", help="A fitted model: skops, ONNX or CatBoost.")
        add("--training", metavar="FILE", help="CSV or Parquet: what the model is fitted on.")
        add("--evaluation", metavar="FILE", help=HELP["evaluation"])
        add("--label", metavar="COLUMN", help=HELP["output"])
        add("--trained-on", metavar="WHAT", default="", help=HELP["trained_on"])
        add("--title", help="What people read. Default: the name.")
        add("--task", help="classification or regression. " + HELP["task"])
        add("--positive", metavar="LABEL", help=HELP["positive"])
        add("--time", metavar="COLUMN", help=HELP["time"])
        add("--group", metavar="COLUMN", help=HELP["group"])
        add("--drop", metavar="COLUMN", action="append", default=[], help=HELP["drop"])
        add_options(parser)
        add("--data-changes", action=BooleanOptionalAction, default=None, help=HELP["data_changes"])
        add("--public", action="store_true", help=HELP["public"])
        add("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Queue what was asked, see it through, and tell what came of it."""
        with parcel() as sent, refusing():
            if any(options[name] for name in DATA):
                run = ask_for_model(sent, options)
            else:
                run = ask_for_version(sent, options)
        run = self.finished(run)
        model = RegisteredModel.objects.get(name=options["name"])
        sha256 = sent.sha256_of("model") or sent.sha256_of("file")
        version = run.candidate if run else standing.version_of(model, sha256)
        told = telling.told_model(model, run or (telling.run_of(version) if version else None), version)
        self.tell(told, as_json=options["json"], parts=lambda: parts_of_model(told))


def ask_for_model(sent: Parcel, options: dict[str, Any]) -> Run | None:
    """Raises `CommandError`, or what `asking` raises."""
    changes = options["data_changes"]
    accepted = filled(
        RegisterModelForm,
        sent,
        {name: options[name] for name in RegisterModelForm.files},
        name=options["name"],
        output=options["label"],
        trained_on=options["trained_on"] or None,
        **as_json(options),
        data_changes=None if changes is None else str(changes),
        public="true" if options["public"] else None,
        **{name: options[name] for name in FACTS},
    )
    return asking.ask_for_model(asker(), sent, **accepted)


def ask_for_version(sent: Parcel, options: dict[str, Any]) -> Run | None:
    """Raises `CommandError`, or what `asking` raises."""
    model = RegisteredModel.objects.filter(name=options["name"]).first()
    if model is None or not options["model"]:
        has = (
            f"For a new version of {model} give --model" if model else f"There is no model {options['name']}"
        )
        raise CommandError(f"{has}. For a new model give --training and --label.", returncode=CANNOT)
    files = {"file": options["model"]}
    accepted = filled(RegisterVersionForm, sent, files, trained_on=options["trained_on"] or None)
    return asking.ask_for_version(asker(), sent, model=model, **accepted)
