"""Which rows judge and which train: a rule that no row crosses, in this snapshot and against older ones.

Groups and single rows are drawn by a hash of themselves and the seed: the same row falls on the same side in
every snapshot, and equal rows fall together. In time, nothing that is held out is older than what any
candidate of this rule was trained on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset
from scheduling.models import DataSource
from scheduling.sources.draft import Draft, Writer, batches_of
from scheduling.sources.fingerprint import row_hashes
from scheduling.sources.refusals import SourceRefused
from scheduling.sources.time_column import seconds_of

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
    names = [source.group_column]
    if source.hold_out == DataSource.HoldOut.RANDOM:
        taken = [*spec.names, spec.output_name] if spec else draft.schema.names
        names = [name for name in taken if name in draft.schema.names]
    else:
        facts["column"] = source.group_column
    if absent := [name for name in names if name not in draft.schema.names]:
        raise SourceRefused(
            f"The source gives no column {absent[0]}, by which groups are held out. Select it."
        )
    return _by_hash(names, share=source.hold_out_share, seed=source.seed, facts=facts)


def _by_hash(names: list[str], *, share: float, seed: int, facts: Facts) -> Rule:
    import numpy as np

    limit = np.uint64(int(share * 2**64))

    def holds_out(batch: pa.RecordBatch) -> np.ndarray:
        held_out: np.ndarray = row_hashes(batch, names, seed=seed) < limit
        return held_out

    return Rule(facts=facts | {"seed": seed}, holds_out=holds_out)


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
    snapshots = Dataset.objects.snapshots(source.registered_model, source.role)
    held_out = [kept.get("hold_out", {}) for kept in snapshots.values_list("snapshot", flat=True)]
    same = [one["cutoff"] for one in held_out if one.get("column") == source.time_column and "cutoff" in one]
    return max((datetime.fromisoformat(moment).timestamp() for moment in same), default=float("-inf"))
