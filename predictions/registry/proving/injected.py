"""Rows that a signature lets in and an evaluation set may lack: some of its rows, with cells changed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from predictions.contract.signature import SignatureSpec
from predictions.registry.proving.change import Change, missing
from predictions.registry.proving.extremes import ends, farther, is_let_in
from predictions.registry.proving.thresholds import thresholds_of
from predictions.registry.proving.together import corners, many_gaps

if TYPE_CHECKING:
    import pandas as pd

MOST_BORDERS = 200
MOST_OF_A_KIND = 5_000
UNKNOWN = "a text that is in no row"


def changes(estimator: Any, spec: SignatureSpec, frame: pd.DataFrame) -> list[Change]:
    """Return what to try: gaps, texts, the ends of bounds and beyond open ones, and the borders of trees."""
    gaps = {one.name: missing(frame[one.name]) for one in spec.features if not one.required}
    near = {one.name: list(ends(one, frame[one.name])) for one in spec.features}
    beyond = {one.name: list(farther(one, frame[one.name])) for one in spec.features}
    far = {name: near[name] + beyond[name] for name in near} if any(beyond.values()) else {}
    kinds = (
        _alone("gap", {name: [gap] for name, gap in gaps.items()}), many_gaps(gaps), _texts(spec, frame),
        _alone("number", near), corners("number", near, gaps),
        _alone("farther", beyond), corners("farther", far, gaps),
    )  # fmt: skip
    tried = [change for kind in kinds for change in _some(list(kind), MOST_OF_A_KIND)]
    features = {feature.name: feature for feature in spec.features}
    thresholds = thresholds_of(estimator, spec, frame)
    borders = [(name, value) for name, value in thresholds if is_let_in(features[name], value)]
    at_borders = [Change(kind="border", cells={name: value}) for name, value in borders]
    return tried + _some(at_borders, MOST_BORDERS)


def _some(found: list[Any], most: int) -> list[Any]:
    """All, or about so many of them, evenly."""
    return found[:: max(1, math.ceil(len(found) / most))]


def _alone(kind: str, values: Mapping[str, list[Any]]) -> Iterator[Change]:
    for name, tried in values.items():
        yield from (Change(kind=kind, cells={name: value}) for value in tried)


def _texts(spec: SignatureSpec, frame: pd.DataFrame) -> Iterator[Change]:
    """A text that nobody has seen, where the signature takes any; else the categories that no row has."""
    for feature in spec.features:
        if feature.kind.is_text:
            seen = set(frame[feature.name].dropna()) if feature.categories else set()
            for value in feature.categories or (UNKNOWN, ""):
                if value not in seen:
                    yield Change(kind="text", cells={feature.name: value})
