"""`manage.py register_dataset`: labelled rows for a model that has a signature."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError, CommandParser
from rich.console import RenderableType

from predictions.models import RegisteredModel
from scheduling.management.arguments import CANNOT
from scheduling.management.registering import RegisteringCommand, asker, filled, refusing
from scheduling.registering import asking, standing, telling
from scheduling.replay.report import table
from scheduling.runs.parcels import parcel
from scheduling.views.registering.forms import RegisterDatasetForm


class Command(RegisteringCommand):
    """The same as `POST /api/models/{name}/datasets`."""

    help = "Register a dataset of a model; the newest of a role is used. Exit codes: 0 done, 2 refused."
    examples = ("register_dataset churn july.csv --role evaluation",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", help="The name of the registered model.")
        parser.add_argument(
            "file", help="CSV or Parquet, with the model's columns: its inputs, and what it predicts."
        )
        parser.add_argument("--role", required=True, help="training, evaluation or reference.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        model = RegisteredModel.objects.filter(name=options["model"]).first()
        if model is None:
            raise CommandError(f"There is no model {options['model']}.", returncode=CANNOT)
        with parcel() as sent, refusing():
            role = filled(RegisterDatasetForm, sent, {"file": options["file"]}, role=options["role"])["role"]
            run = asking.ask_for_dataset(asker(), sent, model=model, role=role)
        run = self.finished(run)
        dataset = standing.dataset_of(model, role, sent.sha256_of("file"))
        assert dataset is not None  # it was there, or the run has finished
        told = telling.told_dataset(dataset, run, reader=None)
        self.tell(told, as_json=options["json"], parts=lambda: parts_of_dataset(told))


def parts_of_dataset(told: dict[str, Any]) -> Iterator[RenderableType]:
    """Yield the columns as a table, then what was done."""
    columns = told["dataset"]["columns"]
    names = ("name", "role", "kind", "missing", "distinct")
    yield table("column", *names[1:], rows=(tuple(str(one[name]) for name in names) for one in columns))
    yield from (f"- {note}" for note in told["dataset"]["notes"])
    yield told["reason"]
