"""Rows with many cells changed at once, drawn: the same ones for the same signature and rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from predictions.registry.proving.change import Change

Cells = Mapping[str, Any]
GAPPY_ROWS = 100
CORNERS = 200  # of the space that the bounds enclose, and as many far beyond open ends
NUMBERS, GAPS = 0.7, 0.15  # the shares of a drawn corner's cells; the rest are as they were


def many_gaps(gaps: Cells) -> Iterator[Change]:
    """Yield gaps in all features that need not be given, then in halves of them. `gaps`: what they are."""
    if len(gaps) < 2:
        return
    drawn = np.random.default_rng(0).random((GAPPY_ROWS - 1, len(gaps))) < 0.5
    for mask in [np.ones(len(gaps), dtype=bool), *drawn[drawn.sum(axis=1) > 1]]:
        cells = {name: gap for (name, gap), is_empty in zip(gaps.items(), mask, strict=True) if is_empty}
        yield Change(kind="gap", cells=cells)


def corners(kind: str, values: Mapping[str, list[float]], gaps: Cells) -> Iterator[Change]:
    """Yield the least numbers of all features, the largest of all, then drawn ones with gaps among them.

    `values` are of each feature, none where it has no numbers; `gaps` what those that need not be given lack.
    """
    ordered = {name: sorted(numbers) for name, numbers in values.items() if numbers}
    if len(values) < 2 or not ordered:
        return
    for end in (0, -1):
        yield Change(kind=kind, cells={name: numbers[end] for name, numbers in ordered.items()})
    chance = np.random.default_rng(0)
    for _ in range(CORNERS - 2):
        cells = {name: numbers[chance.integers(len(numbers))] for name, numbers in ordered.items()}
        shares = dict(zip(values, chance.random(len(values)), strict=True))
        kept = {name: cell for name, cell in cells.items() if shares[name] < NUMBERS}
        if kept:
            left_out = {name: gap for name, gap in gaps.items() if shares[name] > 1 - GAPS}
            yield Change(kind=kind, cells=kept | left_out)
