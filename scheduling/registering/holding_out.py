"""Which rows of one file judge, where nobody sent rows to judge by: a fifth, by a rule that is kept."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from predictions.contract.fields import FieldError, InvalidInput
from predictions.contract.signature import SignatureSpec
from predictions.registry.datasets import Table
from predictions.tables.names import listed
from predictions.tables.typed import is_text, numbers
from scheduling.models import DataSource
from scheduling.sources.columns.time_column import seconds_of
from scheduling.sources.fingerprint import row_hashes
from scheduling.sources.label_shares import limit_of
from scheduling.sources.refusals import SourceRefused

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SHARE, SEED = 0.2, 0


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """`rows` says of each row whether it judges, (n,); `facts` and `note` are kept with both parts."""

    rows: np.ndarray
    facts: dict[str, Any]
    note: str


def hold_out(table: Table, spec: SignatureSpec, *, time: str = "", group: str = "") -> HeldOut:
    """Hold out the newest rows, else whole groups, else the same share of each label at random.

    Equal rows fall on one side, and the same file is always cut the same. Raises `InvalidInput`.
    """
    if time:
        rows, facts, how = _newest(table.cells, spec, time)
    elif group:
        rows, facts, how = _groups(table.cells, group)
    else:
        rows, facts, how = _drawn(table, spec)
    count, of = int(rows.sum()), len(rows)
    facts |= {"share": SHARE, "training_rows": of - count, "evaluation_rows": count}
    note = f"No evaluation file was sent, so {count} of the {of} rows were held out to judge by: {how}."
    absent = [
        str(label) for label in spec.labels if label not in set(table.frame(spec)[spec.output_name][rows])
    ]
    note += f" None of them has the label {listed(absent)}." if absent else ""
    return HeldOut(rows=rows, facts=facts, note=note)


def _newest(cells: pd.DataFrame, spec: SignatureSpec, name: str) -> tuple[np.ndarray, dict[str, Any], str]:
    """Rows of one moment stay together; what has no label yet is not counted."""
    import numpy as np

    seconds = _seconds(cells[name])
    labelled = np.sort(seconds[cells[spec.output_name].notna().to_numpy()])
    moments = np.unique(labelled)
    if len(moments) < 2:
        _refuse("time", f"All rows have the same {name}, so none are newer. Leave it out")
    cutoff = max(labelled[int(len(labelled) * (1 - SHARE))], moments[1])
    since = datetime.fromtimestamp(cutoff, tz=UTC).isoformat()
    facts = {"rule": DataSource.HoldOut.TIME.value, "column": name, "cutoff": since}
    return seconds >= cutoff, facts, f"the newest, whose {name} is {since} or later"


def _seconds(column: pd.Series) -> np.ndarray:
    """Unix seconds may be text here: that is all a CSV file has."""
    import pyarrow as pa

    found = numbers(column) if is_text(column) else column
    column = column if found.isna().any() else found
    try:
        return seconds_of(
            pa.RecordBatch.from_pandas(column.to_frame(), preserve_index=False), str(column.name)
        )
    except SourceRefused as error:
        _refuse("time", str(error).removesuffix("."))
        raise


def _groups(cells: pd.DataFrame, name: str) -> tuple[np.ndarray, dict[str, Any], str]:
    """Groups in an order drawn by the seed, as long as they fit into the share; at least the smallest one."""
    import numpy as np

    found, places, sizes = np.unique(
        _hashes(_as_text(cells[[name]])), return_inverse=True, return_counts=True
    )
    if len(found) < 2:
        _refuse("group", f"All rows have the same {name}, so no group can be held out. Leave it out")
    taken = [*_fitting(sizes.tolist(), math.ceil(len(cells) * SHARE))] or [int(sizes.argmin())]
    facts = {"rule": DataSource.HoldOut.GROUP.value, "column": name, "seed": SEED}
    return np.isin(places, taken), facts, f"{len(taken)} of the {len(found)} groups by {name}, as a whole"


def _fitting(sizes: list[int], most: int) -> Iterator[int]:
    total = 0
    for place, size in enumerate(sizes):
        if total + size <= most:
            total += size
            yield place


def _drawn(table: Table, spec: SignatureSpec) -> tuple[np.ndarray, dict[str, Any], str]:
    """Of each label the rows with the lowest hashes; one whose rows are all equal only trains."""
    import numpy as np

    frame = table.frame(spec)
    labels = _as_text(frame[spec.output_name])
    hashes, rows = _hashes(frame.assign(**{spec.output_name: labels})), np.zeros(len(frame), dtype=bool)
    strata = [labels == str(label) for label in spec.labels] or [labels.notna()]
    for stratum in strata:
        here = stratum.to_numpy(dtype=bool)
        if (limit := limit_of(hashes[here], SHARE)) is not None:
            rows |= here & (hashes < np.uint64(limit))
    if not rows.any():
        _refuse(
            "evaluation", "All rows of each label are equal, so none can be held out. Send an evaluation file"
        )
    how = "drawn at random, as many of each label in proportion" if spec.labels else "drawn at random"
    return rows, {"rule": DataSource.HoldOut.RANDOM.value, "seed": SEED}, how


def _hashes(frame: pd.DataFrame) -> np.ndarray:
    import pyarrow as pa

    return row_hashes(pa.RecordBatch.from_pandas(frame, preserve_index=False), [*map(str, frame)], seed=SEED)


def _as_text(cells: Any) -> Any:
    """Return text or missing as objects, which Arrow reads as its plain strings."""
    return cells.astype("string").astype("object").where(cells.notna(), None)


def _refuse(field: str, message: str) -> None:
    raise InvalidInput([FieldError(field=field, message=message)])
