"""Rows at which scikit-learn's own answer is no more than the rounding of a sum: they prove nothing.

The sum of 3e38 and -3e38 is what the order of adding leaves over, in scikit-learn as in a served form.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.answers import Answers
from predictions.contract.fields import Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry.refusals import NotCompilable
from predictions.registry.sklearn_answers import answers_of

if TYPE_CHECKING:
    import pandas as pd

LARGE = 1e9  # from here on the last bit of a number is more than `TOLERANCE`
ROUNDING = 2.0**-48  # relative: what some sixteen sums and products of 64 bits may come to
TOLERANCE = 1e-7  # a tenth of what a served form may differ by


def is_steady(estimator: Any, spec: SignatureSpec, rows: pd.DataFrame, expected: Answers) -> np.ndarray:
    """Return for each row whether its answer stays when the last bits of some large numbers are others.

    `expected` are scikit-learn's answers to the rows.
    """
    stays = np.ones(len(rows), dtype=bool)
    floats = [feature.name for feature in spec.features if feature.kind is Kind.FLOAT]
    numbers = rows[floats].to_numpy(dtype=float)
    large = np.abs(numbers) >= LARGE
    for half in _halves(len(floats)) if large.any() else ():
        columns = np.where(large & half, numbers * (1 - ROUNDING), numbers).T
        nudged = rows.assign(**dict(zip(floats, columns, strict=True)))
        try:
            stays &= _alike(expected, answers_of(estimator, spec, nudged))
        except NotCompilable:
            continue
    return stays


def _halves(features: int) -> Iterator[np.ndarray]:
    """Yield which features change: of any two each one does without the other once."""
    for bit in range(max(1, (features - 1).bit_length())):
        half = np.arange(features) >> bit & 1 == 1
        yield from (half, ~half)


def _alike(one: Answers, other: Answers) -> np.ndarray:
    outputs, others = np.asarray(one.outputs), np.asarray(other.outputs)
    if one.probabilities is not None and other.probabilities is not None:
        apart = np.abs(one.probabilities - other.probabilities).max(axis=1)
        return np.asarray((outputs == others) & (apart <= TOLERANCE))
    if outputs.dtype.kind == "f":
        return np.asarray(np.abs(outputs - others) <= TOLERANCE * (1 + np.abs(outputs)))
    return np.asarray(outputs == others)
