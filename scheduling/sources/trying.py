"""Twenty rows of a source with counts and kinds, kept with the run that asked and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from scheduling.models import DataSource
from scheduling.sources.columns.compared import kinds_of, misfits, spec_of
from scheduling.sources.deadline import time_limit
from scheduling.sources.kinds.opening import open_rows
from scheduling.sources.rows import Rows, Window
from scheduling.sources.snapshots import facts_of

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN = 20
COUNTED = 100_000  # rows
LONGEST = 200  # characters of a value


def tried(source: DataSource) -> dict[str, Any]:
    """Return the first rows, and counts of up to `COUNTED`. Raises `SourceRefused`."""
    window = Window.of(source, now=timezone.now())
    spec = spec_of(source.registered_model)
    with time_limit(), open_rows(source, window, spec) as rows:
        found = _counted(rows, frozenset(source.registered_model.redacted_features))
        kinds = kinds_of(rows.schema)
        problems = list(misfits(kinds, spec)) if spec else []
    columns = [{"name": name, "kind": kinds[name], "missing": found["missing"][name]} for name in kinds]
    return facts_of(source, window) | found | {"columns": columns, "problems": problems}


def _counted(rows: Rows, redacted: frozenset[str]) -> dict[str, Any]:
    shown: list[dict[str, Any]] = []
    missing, count, more = dict.fromkeys(rows.schema.names, 0), 0, False
    for batch in rows.batches:
        if count >= COUNTED:
            more = True
            break
        count += len(batch)
        for name in missing:
            missing[name] += batch.column(name).null_count
        if len(shown) < SHOWN:
            shown += _told(batch.slice(0, SHOWN - len(shown)), redacted)
    return {"count": count, "more": more, "missing": missing, "rows": shown}


def _told(batch: pa.RecordBatch, redacted: frozenset[str]) -> list[dict[str, Any]]:
    """Return rows as JSON has them: what is redacted is left out."""
    names = [name for name in batch.schema.names if name not in redacted]
    return [{name: _as_json(value) for name, value in row.items()} for row in batch.select(names).to_pylist()]


def _as_json(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)  # JSON has no infinity
    text = value if isinstance(value, str) else value.isoformat()
    return text[:LONGEST].replace("\0", "�")
