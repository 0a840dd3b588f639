"""Rows with many cells changed at once, drawn: the same ones for the same signature and rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from predictions.contract.signature import SignatureSpec
from predictions.registry.proving.change import Change, missing
from predictions.registry.proving.extremes import ends, farther

if TYPE_CHECKING:
    import pandas as pd

GAPPY_ROWS = 100
CORNERS = 200  # of the space that the bounds enclose, and as many far beyond open ends
NUMBERS, GAPS = 0.7, 0.15  # the shares of a drawn corner's cells; the rest are as they were


def many_gaps(spec: SignatureSpec, frame: pd.DataFrame) -> Iterator[Change]:
    """Yield gaps in all features that need not be given, then in halves of them."""
    optional = [feature.name for feature in spec.features if not feature.required]
    if len(optional) < 2:
        return
    drawn = np.random.default_rng(0).random((GAPPY_ROWS - 1, len(optional))) < 0.5
    for mask in [np.ones(len(optional), dtype=bool), *drawn[drawn.sum(axis=1) > 1]]:
        without = [name for name, is_empty in zip(optional, mask, strict=True) if is_empty]
        yield Change(kind="gap", cells={name: missing(frame[name]) for name in without})


def corners(spec: SignatureSpec, frame: pd.DataFrame) -> Iterator[Change]:
    """Yield ends of bounds in most features at once, with gaps among them where there may be some."""
    yield from _drawn("number", _near(spec, frame), spec, frame)


def farther_corners(spec: SignatureSpec, frame: pd.DataFrame) -> Iterator[Change]:
    """Yield the same with numbers that no bound stops, where there are any."""
    beyond = {feature.name: list(farther(feature, frame[feature.name])) for feature in spec.features}
    if any(beyond.values()):
        near = _near(spec, frame)
        yield from _drawn("farther", {name: near[name] + beyond[name] for name in near}, spec, frame)


def _near(spec: SignatureSpec, frame: pd.DataFrame) -> dict[str, list[float]]:
    return {feature.name: list(ends(feature, frame[feature.name])) for feature in spec.features}


def _drawn(
    kind: str, values: Mapping[str, list[float]], spec: SignatureSpec, frame: pd.DataFrame
) -> Iterator[Change]:
    """Yield the least numbers of all, the largest of all, then drawn ones. `values` are of each feature."""
    optional = [feature.name for feature in spec.features if not feature.required]
    ordered = {name: sorted(numbers) for name, numbers in values.items() if numbers}
    if len(spec.features) < 2 or not ordered:
        return
    for end in (0, -1):
        yield Change(kind=kind, cells={name: numbers[end] for name, numbers in ordered.items()})
    chance = np.random.default_rng(0)
    for _ in range(CORNERS - 2):
        cells = {name: numbers[chance.integers(len(numbers))] for name, numbers in ordered.items()}
        shares = dict(zip(spec.names, chance.random(len(spec.names)), strict=True))
        kept = {name: cell for name, cell in cells.items() if shares[name] < NUMBERS}
        gaps = {name: missing(frame[name]) for name in optional if shares[name] > 1 - GAPS}
        if kept:
            yield Change(kind=kind, cells=kept | gaps)
