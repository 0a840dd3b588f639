"""Rows that a signature lets in and an evaluation set may lack: some of its rows, with cells changed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from predictions.contract.signature import SignatureSpec
from predictions.registry.proving.change import Change, missing
from predictions.registry.proving.extremes import ends, farther, is_let_in
from predictions.registry.proving.thresholds import thresholds_of
from predictions.registry.proving.together import corners, farther_corners, many_gaps

if TYPE_CHECKING:
    import pandas as pd

MOST_BORDERS = 200
MOST_OF_A_KIND = 5_000
UNKNOWN = "a text that is in no row"


def changes(estimator: Any, spec: SignatureSpec, frame: pd.DataFrame) -> list[Change]:
    """Return what to try: gaps, texts, the ends of bounds and beyond open ones, and the borders of trees."""
    kinds = (_gaps, many_gaps, _texts, _numbers, corners, _farther, farther_corners)
    tried = [change for kind in kinds for change in _some(list(kind(spec, frame)), MOST_OF_A_KIND)]
    features = {feature.name: feature for feature in spec.features}
    thresholds = thresholds_of(estimator, spec, frame)
    borders = [(name, value) for name, value in thresholds if is_let_in(features[name], value)]
    at_borders = [Change(kind="border", cells={name: value}) for name, value in borders]
    return tried + _some(at_borders, MOST_BORDERS)


def _some(found: list[Any], most: int) -> list[Any]:
    """All, or about so many of them, evenly."""
    return found[:: max(1, math.ceil(len(found) / most))]


def _gaps(spec: SignatureSpec, frame: pd.DataFrame) -> Iterator[Change]:
    for feature in spec.features:
        if not feature.required:
            yield Change(kind="gap", cells={feature.name: missing(frame[feature.name])})


def _texts(spec: SignatureSpec, frame: pd.DataFrame) -> Iterator[Change]:
    """A text that nobody has seen, where the signature takes any; else the categories that no row has."""
    for feature in spec.features:
        if feature.kind.is_text:
            seen = set(frame[feature.name].dropna()) if feature.categories else set()
            for value in feature.categories or (UNKNOWN, ""):
                if value not in seen:
                    yield Change(kind="text", cells={feature.name: value})


def _numbers(spec: SignatureSpec, frame: pd.DataFrame) -> Iterator[Change]:
    for feature in spec.features:
        for value in ends(feature, frame[feature.name]):
            yield Change(kind="number", cells={feature.name: value})


def _farther(spec: SignatureSpec, frame: pd.DataFrame) -> Iterator[Change]:
    for feature in spec.features:
        for value in farther(feature, frame[feature.name]):
            yield Change(kind="farther", cells={feature.name: value})
