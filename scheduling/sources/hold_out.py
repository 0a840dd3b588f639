"""Which rows judge and which train: a rule that no row crosses, in this snapshot and against older ones.

Groups and single rows are drawn by a hash of themselves and the seed: the same row falls on the same side in
every snapshot, and equal rows fall together. Single rows are drawn in each label, up to the hash that the
first snapshot with the label chose. In time, nothing that is held out is older than what any candidate of
this rule was trained on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset
from scheduling.models import DataSource
from scheduling.sources.columns.time_column import seconds_of
from scheduling.sources.draft import Draft, Writer, batches_of
from scheduling.sources.fingerprint import row_hashes
from scheduling.sources.label_shares import Limits, limits_by_row, limits_of
from scheduling.sources.refusals import SourceRefused

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

Facts = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`holds_out` says of each row of a batch whether it judges; `facts` are kept with both parts."""

    facts: Facts
    holds_out: Callable[[pa.RecordBatch], np.ndarray]


def split(draft: Draft, rule: Rule, folder: Path) -> tuple[Draft, Draft, Facts]:
    """Write the rows that train and those that judge, and say how many. Raises `SourceRefused`."""
    import numpy as np
    import pyarrow as pa

    paths = folder / "training.parquet", folder / "evaluation.parquet"
    with Writer(paths[0], draft.schema) as training, Writer(paths[1], draft.schema) as evaluation:
        for batch in batches_of(draft):
            held_out = rule.holds_out(batch)
            training.write(batch.filter(pa.array(np.logical_not(held_out))))
            evaluation.write(batch.filter(pa.array(held_out)))
    parts = training.draft, evaluation.draft
    facts = rule.facts | {"training_rows": parts[0].rows, "evaluation_rows": parts[1].rows}
    if not parts[0].rows or not parts[1].rows:
        empty = "train on" if not parts[0].rows else "judge by"
        raise SourceRefused(f"The hold-out leaves no rows to {empty}. {_remedy(rule)}")
    return *parts, facts


def _remedy(rule: Rule) -> str:
    if "cutoff" in rule.facts:
        return (
            f"Rows from {rule.facts['cutoff']} on judge, since older ones may have been trained on. Wait for "
            "newer rows, take a longer window, or read up to a later moment (--as-of)."
        )
    return "Take a longer window, or hold out single rows instead of groups."


def rule_of(source: DataSource, draft: Draft, spec: SignatureSpec | None) -> Rule:
    """Return the rule of a training source for these rows. Raises `SourceRefused`."""
    facts = {"rule": source.hold_out, "share": source.hold_out_share}
    if source.hold_out == DataSource.HoldOut.TIME:
        return _by_time(source, draft, facts)
    facts["seed"] = source.seed
    if source.hold_out == DataSource.HoldOut.GROUP:
        return _by_group(source, draft, facts)
    taken = [*spec.names, spec.output_name] if spec else draft.schema.names
    names = [name for name in taken if name in draft.schema.names]
    if spec and spec.labels and spec.output_name in names:
        return _by_label(source, draft, facts, names, label=spec.output_name)
    return Rule(facts=facts, holds_out=partial(_is_below, source, names))


def _by_group(source: DataSource, draft: Draft, facts: Facts) -> Rule:
    if source.group_column not in draft.schema.names:
        raise SourceRefused(
            f"The source gives no column {source.group_column}, by which groups are held out. Select it."
        )
    facts["column"] = source.group_column
    return Rule(facts=facts, holds_out=partial(_is_below, source, [source.group_column]))


def _is_below(source: DataSource, names: list[str], batch: pa.RecordBatch) -> np.ndarray:
    import numpy as np

    below: np.ndarray = row_hashes(batch, names, seed=source.seed) < np.uint64(_limit(source))
    return below


def _limit(source: DataSource) -> int:
    return int(source.hold_out_share * 2**64)


def _by_label(source: DataSource, draft: Draft, facts: Facts, names: list[str], *, label: str) -> Rule:
    """A limit is never moved: to raise it would let rows judge that older candidates were trained on."""

    def hashes(batch: pa.RecordBatch) -> np.ndarray:
        return row_hashes(batch, names, seed=source.seed)

    found = ((hashes(batch), batch.column(label)) for batch in batches_of(draft, names))
    limits = limits_of(found, source.hold_out_share, otherwise=_limit(source)) | _earlier_limits(
        source, facts
    )

    def holds_out(batch: pa.RecordBatch) -> np.ndarray:
        lowest: np.ndarray = hashes(batch) < limits_by_row(batch.column(label), limits, _limit(source))
        return lowest

    return Rule(
        facts=facts | {"limits": {text: str(limit) for text, limit in limits.items()}}, holds_out=holds_out
    )


def _earlier_limits(source: DataSource, facts: Facts) -> Limits:
    """Return those of the last snapshot that was drawn by the same rule, share and seed."""
    for kept in _held_out(source):
        if "limits" in kept and facts.items() <= kept.items():
            return {text: int(limit) for text, limit in kept["limits"].items()}
    return {}


def _by_time(source: DataSource, draft: Draft, facts: Facts) -> Rule:
    name = source.time_column
    cutoff = max(_cutoff(draft, name, source.hold_out_share), _latest_cutoff(source))

    def holds_out(batch: pa.RecordBatch) -> np.ndarray:
        newest: np.ndarray = seconds_of(batch, name) >= cutoff
        return newest

    moment = datetime.fromtimestamp(cutoff, tz=UTC).isoformat()
    return Rule(facts=facts | {"column": name, "cutoff": moment}, holds_out=holds_out)


def _cutoff(draft: Draft, name: str, share: float) -> float:
    """Return the moment from which on the newest share of the rows is; rows of one moment stay together."""
    import numpy as np

    seconds, filled = np.empty(draft.rows), 0
    for batch in batches_of(draft, [name]):
        seconds[filled : filled + len(batch)] = seconds_of(batch, name)
        filled += len(batch)
    place = min(draft.rows - 1, int(draft.rows * (1 - share)))
    seconds.partition(place)
    return float(seconds[place])


def _latest_cutoff(source: DataSource) -> float:
    """Return the last moment up to which any snapshot of this rule was trained on."""
    held_out = _held_out(source)
    same = [one["cutoff"] for one in held_out if one.get("column") == source.time_column and "cutoff" in one]
    return max((datetime.fromisoformat(moment).timestamp() for moment in same), default=float("-inf"))


def _held_out(source: DataSource) -> list[Facts]:
    """Return how each snapshot of the source was split, the newest first."""
    snapshots = Dataset.objects.snapshots(source.registered_model, source.role)
    return [kept.get("hold_out", {}) for kept in snapshots.values_list("snapshot", flat=True)]
