"""Where the answers of trees change: their thresholds, as far as these are values of the features."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.signature import SignatureSpec
from predictions.registry.converting.preparing import parts_of

if TYPE_CHECKING:
    import pandas as pd

MOST_OF_A_TREE = 20


def thresholds_of(estimator: Any, spec: SignatureSpec, frame: pd.DataFrame) -> list[tuple[str, float]]:
    """Return (feature, value) where an answer may change: at the thresholds of trees that read the features.

    Trees behind other steps are not followed: for them it is halfway between the numbers of the rows, where
    most thresholds were.
    """
    parts = [] if estimator is None else parts_of(estimator)
    if spec.is_matrix and not any(
        hasattr(part, "transform") and not hasattr(part, "predict") for part in parts
    ):
        found = [(spec.names[i], float(value)) for part in parts for i, value in _of(part)]
    else:
        found = [(name, value) for name in spec.names for value in _halfway(frame[name])]
    return list(dict.fromkeys(found))


def _of(part: Any) -> Iterator[tuple[int, float]]:
    """Some (feature, threshold) of each tree of a part."""
    if hasattr(part, "tree_"):
        tree = part.tree_
        inner = np.flatnonzero(tree.children_left > 0)[:MOST_OF_A_TREE]
        yield from zip(tree.feature[inner].tolist(), tree.threshold[inner].tolist(), strict=True)
    for of_round in getattr(part, "_predictors", ()):
        for predictor in of_round:
            nodes = predictor.nodes
            inner = np.flatnonzero((nodes["is_leaf"] == 0) & (nodes["is_categorical"] == 0))[:MOST_OF_A_TREE]
            features, values = nodes["feature_idx"][inner].tolist(), nodes["num_threshold"][inner].tolist()
            yield from zip(features, values, strict=True)


def _halfway(column: pd.Series) -> list[float]:
    if column.dtype.kind not in "iuf":
        return []
    values = np.unique(column.dropna().to_numpy(dtype=float))
    middles = (values[1:] + values[:-1]) / 2
    return middles[:: max(1, len(middles) // MOST_OF_A_TREE)].tolist()
