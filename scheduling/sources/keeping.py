"""Drafts become datasets: files first, then all rows in one transaction, and no file without a row."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from predictions import database
from predictions.models import Dataset, RegisteredModel
from predictions.registry import artefacts
from predictions.registry.registration import kept_files
from predictions.tables.describing import describe
from scheduling.models import Run
from scheduling.runs.transitions import lock
from scheduling.sources.columns.compared import spec_of
from scheduling.sources.draft import Draft, batches_of

if TYPE_CHECKING:
    import pyarrow as pa

DESCRIBED = 100_000  # rows


@dataclass(frozen=True, kw_only=True)
class Part:
    """Rows of one role, on disk, and where they come from."""

    role: str
    source: str
    draft: Draft
    facts: dict[str, Any]


def keep(run: Run, model: RegisteredModel, parts: list[Part]) -> dict[str, Dataset]:
    """Register the parts, by role; one that equals the newest of its role is that one. Raises `RunFenced`."""
    kept, new = {}, []
    for part in parts:
        newest = Dataset.objects.current(model, part.role)
        if newest and newest.snapshot.get("content") == part.draft.content:
            kept[part.role] = newest
        else:
            new.append(part)
    stored: list[tuple[Part, str, str, Any]] = []
    with kept_files() as paths:
        for part in new:
            columns = _described(model, part.draft)
            path, sha256 = _stored(run, model, part)
            paths.append(path)
            stored.append((part, path, sha256, columns))
        with database.atomic():
            lock(run)
            return kept | {part.role: _row(model, part, *facts) for part, *facts in stored}


def _stored(run: Run, model: RegisteredModel, part: Part) -> tuple[str, str]:
    return artefacts.adopt(
        part.draft.path, folder=f"datasets/{model.name}", filename=f"{part.role}-{run.pk}.parquet"
    )


def _row(model: RegisteredModel, part: Part, path: str, sha256: str, columns: Any) -> Dataset:
    few = f"The columns are described by {DESCRIBED:,} of the {part.draft.rows:,} rows."
    return Dataset.objects.create(
        registered_model=model, role=part.role, file=path, sha256=sha256, rows=part.draft.rows,
        format=Dataset.Format.PARQUET, source=part.source, columns=columns,
        snapshot=part.facts | {"content": part.draft.content},
        notes=[few] if part.draft.rows > DESCRIBED else [],
    )  # fmt: skip


def _described(model: RegisteredModel, draft: Draft) -> list[dict[str, Any]]:
    """Describe the first rows: all of them may not fit into memory."""
    import pyarrow as pa

    first = list(islice(batches_of(draft), 2))
    cells = pa.Table.from_batches(first).slice(0, DESCRIBED).to_pandas(types_mapper=_nullable)
    return describe(cells, spec_of(model), redacted=frozenset(model.redacted_features))


def _nullable(kind: pa.DataType) -> Any:
    """Whole numbers and truth values with gaps keep their type."""
    import pandas as pd

    return {"int64": pd.Int64Dtype(), "bool": pd.BooleanDtype()}.get(str(kind))
