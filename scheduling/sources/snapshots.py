"""A run's rows: read from the model's sources, checked, split and registered, or refused as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from predictions.contract.numbers import counted
from predictions.models import Dataset, RegisteredModel
from scheduling.models import DataSource, Run
from scheduling.models.run import READING
from scheduling.runs import drafts
from scheduling.runs.transitions import note
from scheduling.sources.columns.compared import kinds_of, refuse_columns, spec_of
from scheduling.sources.deadline import time_limit
from scheduling.sources.draft import Draft, write
from scheduling.sources.hold_out import rule_of, split
from scheduling.sources.keeping import Part, keep
from scheduling.sources.kinds.opening import open_rows
from scheduling.sources.known import is_changed_since, last_retraining, refuse_known_file
from scheduling.sources.refusals import NothingNew, SourceRefused
from scheduling.sources.rows import Window


@dataclass(frozen=True, kw_only=True)
class Snapshots:
    """The rows of one run. None: the newest dataset of the role, for a model without a source."""

    training: Dataset | None = None
    evaluation: Dataset | None = None


def snapshot(run: Run, model: RegisteredModel) -> Snapshots:
    """Return the rows that this run trains on and judges by; fresh ones where the model has a source.

    1. Refuse a file that the last retraining had. 2. Read the training source into a draft, within limits,
    and refuse what does not fit the model. 3. Split it by the hold-out rule, or read the evaluation source.
    4. Refuse what a version was trained on already, unless the run repeats. 5. Store the files and insert
    their rows, both or none. Raises `SourceRefused`, `NothingNew` or `RunFenced`; then nothing stays.
    """
    source = DataSource.objects.of(model, DataSource.Role.TRAINING)
    own = DataSource.objects.of(model, DataSource.Role.EVALUATION)
    repeats = run.parameters.get("repeat", False)
    if not repeats:
        refuse_known_file(model)
    if source is None and own is None:
        return Snapshots()
    kept: dict[str, Dataset] = {}
    if any(one and not one.is_newest_file for one in (source, own)):
        with drafts.folder_of(run.pk) as folder, time_limit():
            parts = list(_parts(run, source, own, folder))
            if not repeats:
                _refuse_known(model, parts)
            kept = keep(run, model, parts)
    return Snapshots(**{role: kept.get(role) or _sent(model, role) for role in DataSource.Role.values})


def _parts(run: Run, source: DataSource | None, own: DataSource | None, folder: Path) -> Iterator[Part]:
    """Yield what is to be registered: both parts of one source, or the whole of each."""
    if source and not source.is_newest_file:
        draft, facts = _read(run, source, folder)
        if source.hold_out == DataSource.HoldOut.OWN:
            yield Part(role="training", source=source.kept_as, draft=draft, facts=facts)
        else:
            rule = rule_of(source, draft, spec_of(source.registered_model))
            training, evaluation, held_out = split(draft, rule, folder)
            both: dict[str, Any] = {"source": source.kept_as, "facts": facts | {"hold_out": held_out}}
            yield Part(role="training", draft=training, **both)
            yield Part(role="evaluation", draft=evaluation, **both)
            return
    if own and not own.is_newest_file:
        draft, facts = _read(run, own, folder)
        yield Part(role="evaluation", source=own.kept_as, draft=draft, facts=facts)


def _read(run: Run, source: DataSource, folder: Path) -> tuple[Draft, dict[str, Any]]:
    """Return all rows of the window, on disk, and what is to be told of them. Raises `SourceRefused`."""
    note(run, step=READING)
    window = Window.of(source, now=moment_of(run))
    spec = spec_of(source.registered_model)
    with open_rows(source, window, spec) as rows:
        refuse_columns(rows.schema, spec=spec, last=_last_kinds(source))
        path = folder / f"{source.role}-all.parquet"
        draft = write(rows.batches, rows.schema, path, tell=lambda n: note(run, step=f"{READING}: {n:,}"))
    if draft.rows < source.minimum_rows:
        found = "no rows" if not draft.rows else counted(draft.rows, "row")
        raise SourceRefused(
            f"The source gives {found}; the minimum is {source.minimum_rows:,}. Take a longer window, "
            "or lower the minimum."
        )
    facts = {
        "run": run.pk,
        "rows_read": draft.rows,
        "columns": kinds_of(draft.schema),
        "source_change": _change(source),
    }
    return draft, facts_of(source, window) | facts


def moment_of(run: Run) -> datetime:
    """Return the moment that the rows of a run are read as of: the one that was asked for, or now."""
    asked = run.parameters.get("as_of")
    return datetime.fromisoformat(asked) if asked else timezone.now()


def facts_of(source: DataSource, window: Window) -> dict[str, Any]:
    """Return what was read, and from when to when."""
    told = {name: getattr(source, name) for name in (*source.needed, "time_column") if getattr(source, name)}
    return told | {"since": window.since.isoformat(), "until": window.until.isoformat()}


def _last_kinds(source: DataSource) -> dict[str, str]:
    """Return the columns of the last snapshot that this source gave as it is set now."""
    snapshots = Dataset.objects.snapshots(source.registered_model, source.role)
    last = snapshots.filter(snapshot__source_change=_change(source)).first()
    return last.snapshot["columns"] if last else {}


def _change(source: DataSource) -> int:
    """Return the id of the source's newest change: whoever saves it means the columns that it has then."""
    history: Any = source.history
    newest: int = history.values_list("history_id", flat=True).first()
    return newest


def _refuse_known(model: RegisteredModel, parts: list[Part]) -> None:
    """Raise `NothingNew` where the last retraining had these rows, and this one would do the same."""
    training = next((part for part in parts if part.role == DataSource.Role.TRAINING), None)
    run = last_retraining(model)
    last = run.candidate.training_dataset if run and run.candidate else None
    if not (training and run and last and last.snapshot.get("content") == training.draft.content):
        return
    if not is_changed_since(run):
        raise NothingNew(run=run.pk, rows=last.rows)


def _sent(model: RegisteredModel, role: str) -> Dataset:
    dataset = Dataset.objects.uploaded(model, role)
    if dataset is None:
        raise SourceRefused(f"{model} has no {role} file. Send one, or change the hold-out of its source.")
    return dataset
