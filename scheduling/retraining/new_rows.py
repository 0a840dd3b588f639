"""How many rows the training source gives that no version was trained on yet."""

from __future__ import annotations

from datetime import datetime

from predictions.conf import config
from predictions.models import Dataset, RegisteredModel
from scheduling.models import DataSource, Run, Schedule
from scheduling.retraining.counting import count_new
from scheduling.retraining.finding import Finding
from scheduling.sources.deadline import time_limit
from scheduling.sources.known import learned_from

TRAINING = DataSource.Role.TRAINING
LOOK_SECONDS = 90  # of one look's source, where SOURCE_TIME_LIMIT_SECONDS is not less


def new_rows_of(schedule: Schedule, *, now: datetime) -> Finding:
    """Count them against what the schedule asks. Raises `SourceRefused`."""
    model, least = schedule.registered_model, schedule.new_rows or 1
    source = DataSource.objects.of(model, TRAINING)
    last = last_trained(model, source)
    if source is None or source.kind == DataSource.Kind.UPLOADED:
        count = _uploaded(model, last)
    else:
        with time_limit(min(LOOK_SECONDS, config.SOURCE_TIME_LIMIT_SECONDS)):
            count = count_new(source, last, now=now)
    told = f"{count:,} new rows of {least:,}; {_since(last)}."
    return Finding(sentence=told[0].upper() + told[1:], fires=count >= least)


def last_trained(model: RegisteredModel, source: DataSource | None) -> Dataset | None:
    """Return the newest rows of the training role, of that kind, that a version was trained on."""
    if source is None or source.is_newest_file:
        rows = Dataset.objects.filter(registered_model=model, role=TRAINING).order_by("-pk")
    else:
        rows = Dataset.objects.snapshots(model, TRAINING)
    return learned_from(rows).first()


def _uploaded(model: RegisteredModel, last: Dataset | None) -> int:
    """All rows of the newest file, where it came after what was trained on last."""
    newest = Dataset.objects.uploaded(model, TRAINING)
    if newest is None or (last and newest.created_at <= last.created_at):
        return 0
    return newest.rows


def _since(last: Dataset | None) -> str:
    if last is None:
        return "nothing was trained on this source yet"
    runs = Run.objects.filter(candidate__training_dataset=last).order_by("-pk")
    number = runs.values_list("pk", flat=True).first() or last.snapshot.get("run")
    return f"last trained on in run {number}" if number else f"last trained on {last.created_at:%Y-%m-%d}"
