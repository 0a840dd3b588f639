"""How much a version's answers depend on each feature: permutation importance of the served form.

It needs neither labels nor a metric: a feature that can be shuffled without another answer is not used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from predictions.registry.loading import LoadedVersion
from scheduling.statistics.metrics.scored import positions

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 1000
MOST_CELLS = 200_000  # rows times features: each feature costs one prediction of all rows
REPEATS = 5
SEED = 0

Inputs = dict[str, np.ndarray]


def importance_by_feature(version: LoadedVersion, frame: pd.DataFrame) -> dict[str, float]:
    """Return each feature's share of the change of the answers when it is shuffled; they sum to 1.

    The change is the mean distance of the probabilities (half the sum of differences); without any, the
    share of other labels; the mean absolute difference of a regression's values. All are 0 for a model that
    always answers the same.
    """
    features = version.spec.features
    chance = np.random.default_rng(SEED)
    most = max(1, min(MOST_ROWS, MOST_CELLS // len(features)))
    if len(frame) > most:
        frame = frame.iloc[chance.choice(len(frame), most, replace=False)]
    inputs = version.spec.inputs_of(frame)
    before = _numbers(version, inputs)
    repeats = max(1, min(REPEATS, most // len(frame)))
    changes = np.zeros((len(features), repeats))
    for place, repeat in np.ndindex(*changes.shape):
        after = _numbers(version, _shuffled(version, inputs, place, chance))
        changes[place, repeat] = float(np.abs(after - before).sum(axis=1).mean()) / 2
    by_feature = np.nan_to_num(changes.mean(axis=1))
    total = by_feature.sum()
    shares = by_feature / total if total > 0 else by_feature
    return dict(zip((feature.name for feature in features), shares.tolist(), strict=True))


def _shuffled(version: LoadedVersion, inputs: Inputs, place: int, chance: np.random.Generator) -> Inputs:
    if version.spec.is_matrix:
        matrix = inputs["features"].copy()
        matrix[:, place] = chance.permutation(matrix[:, place])
        return {"features": matrix}
    name = list(inputs)[place]
    return inputs | {name: chance.permutation(inputs[name])}


def _numbers(version: LoadedVersion, inputs: Inputs) -> np.ndarray:
    """Probabilities (n, k); without any, 1 for the label of the answer and 0 for others; values (n, 1)."""
    answers = version.answers(inputs)
    if version.spec.task == "regression":
        return np.asarray(answers.outputs, dtype=float).reshape(-1, 1)
    if answers.probabilities is None:
        return np.eye(len(version.spec.labels))[positions(answers.outputs, version.spec.labels)]
    return answers.probabilities.astype(float)
