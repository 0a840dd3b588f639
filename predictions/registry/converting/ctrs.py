"""CTRs: the numbers that CatBoost makes of categories by counting the labels that came with them.

They are computed as CatBoost does it, in 32 bits, from the tables in the JSON that it writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Part = dict[str, Any]  # of the JSON
MULTIPLIER, MASK = 0x4906BA494954CB65, 2**64 - 1
EMPTY = MASK  # no category's hash


def values_of(ctr: Part, tables: Part, hashes: list[int]) -> np.ndarray:
    """Return the CTR of categories, or combinations of some, by their hashes."""
    rows = rows_by_hash(ctr, tables)
    total = tables[ctr["identifier"]].get("counter_denominator") or 0
    return np.array([_ctr(ctr, rows.get(one), total) for one in hashes], dtype=np.float32).astype(float)


def rows_by_hash(ctr: Part, tables: Part) -> dict[int, list[float]]:
    """Return what was counted, by the hash of a category or combination."""
    table = tables[ctr["identifier"]]
    width, flat = table["hash_stride"], table["hash_map"]
    rows = {int(flat[i]): flat[i + 1 : i + width] for i in range(0, len(flat), width)}
    rows.pop(EMPTY, None)
    return rows


def hashed(values: Sequence[int]) -> int:
    """Return CatBoost's hash of the values of a combination's elements."""
    result = 0
    for value in values:
        result = MULTIPLIER * ((result + MULTIPLIER * value) & MASK) & MASK
    return result


def _ctr(ctr: Part, row: list[float] | None, total: int) -> np.float32:
    """Return a CTR's value as CatBoost computes it, in 32 bits."""
    good, of = _counts(ctr, row, total) if row is not None else (0, 0)
    single = np.float32
    share = (single(good) + single(ctr["prior_numerator"])) / (single(of) + single(ctr["prior_denomerator"]))
    return single((share + single(ctr["shift"])) * single(ctr["scale"]))


def _counts(ctr: Part, row: list[float], total: int) -> tuple[float, float]:
    kind, border = ctr["ctr_type"], ctr["target_border_idx"]
    if kind in ("Counter", "FeatureFreq"):
        return row[0], total
    if kind == "Buckets":
        return row[border], sum(row)
    if kind == "Borders":
        return sum(row[border + 1 :]), sum(row)
    if kind == "BinarizedTargetMeanValue":
        return row[0], row[1]
    raise NotImplementedError(f"the CTR {kind}")
