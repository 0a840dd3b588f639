"""The proof that a served form answers as scikit-learn does: by which rows, and what is compared.

Up to `MOST_ROWS` rows it is all of them, and all of any number where no probability tells which are critical.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.answers import PROBABILITY_TOLERANCE, Answers
from predictions.contract.signature import SignatureSpec

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 20_000
NEAR_A_BORDER = 5_000  # whose label changes with the smallest error
UNUSUAL = 5_000  # with a rare text, an extreme number or nothing in a cell
SEED = 0


def is_large(frame: pd.DataFrame) -> bool:
    """Whether only a sample of these rows is compared."""
    return len(frame) > MOST_ROWS


def rows_to_prove(frame: pd.DataFrame, spec: SignatureSpec, expected: Answers) -> np.ndarray:
    """Return positions in `frame`, ascending: the same ones for the same rows and answers.

    Of more than `MOST_ROWS` they are the rows that are nearest to a border, unusual ones, and others drawn.
    `expected` are scikit-learn's answers to `frame`, whose rows the signature accepts.
    """
    if not is_large(frame) or (spec.task == "classification" and expected.probabilities is None):
        return np.arange(len(frame))
    chosen = np.zeros(len(frame), dtype=bool)
    chosen[_near_a_border(expected)] = True
    chosen[np.concatenate([*_unusual(frame, spec)])[:UNUSUAL]] = True
    others = np.flatnonzero(~chosen)
    drawn = np.random.default_rng(SEED).choice(others, MOST_ROWS - int(chosen.sum()), replace=False)
    chosen[drawn] = True
    return np.flatnonzero(chosen)


def _near_a_border(expected: Answers) -> np.ndarray:
    """The rows with the smallest lead of a label; of a regression those with the extreme values."""
    if expected.probabilities is None:
        order = np.argsort(np.asarray(expected.outputs, dtype=float), kind="stable")
        return np.concatenate([order[: NEAR_A_BORDER // 2], order[-NEAR_A_BORDER // 2 :]])
    return np.argsort(leads(expected.probabilities), kind="stable")[:NEAR_A_BORDER]


def leads(probabilities: np.ndarray) -> np.ndarray:
    """Return by how much the most probable label leads in each row, (n,), from probabilities (n, k)."""
    if probabilities.shape[1] < 2:
        return np.ones(len(probabilities))
    highest = np.partition(probabilities, -2, axis=1)
    return np.asarray(highest[:, -1] - highest[:, -2])


def _unusual(frame: pd.DataFrame, spec: SignatureSpec) -> Iterator[np.ndarray]:
    """Of each feature one row of each of its rarest texts, or of its extremes, and one without a value."""
    most = max(1, UNUSUAL // len(spec.features) - 1)
    for feature in spec.features:
        column = frame[feature.name]
        is_empty = column.isna().to_numpy()
        if is_empty.any():
            yield np.flatnonzero(is_empty)[:1]
        places, known = np.flatnonzero(~is_empty), column[~is_empty]
        if feature.kind.is_number:
            yield places[_extremes(known.to_numpy())]
        else:
            codes, texts = known.factorize()
            rarest = np.bincount(codes, minlength=len(texts)).argsort(kind="stable")[:most]
            yield places[np.sort(_first_of_each(codes)[rarest])]


def _first_of_each(codes: np.ndarray) -> np.ndarray:
    """Return the first place of each code; they are numbered in the order in which they first appear."""
    highest = np.maximum.accumulate(codes)
    return np.flatnonzero(np.diff(highest, prepend=-1))


def _extremes(values: np.ndarray) -> list[int]:
    """The first of the least values and the last of the largest; none of no values."""
    return [int(values.argmin()), len(values) - 1 - int(values[::-1].argmax())] if values.size else []


def compare(
    expected: Answers, served: Answers, labels: tuple[Any, ...], *, tolerance: float = PROBABILITY_TOLERANCE
) -> dict[str, Any]:
    """Count rows with different labels, apart from ties, and find the largest difference of a number.

    `labels` are those of the signature, empty for a regression.
    """
    different = tied = 0
    if labels:
        rows = enumerate(zip(expected.outputs, served.outputs, strict=True))
        others = [(i, theirs, ours) for i, (theirs, ours) in rows if theirs != ours]
        shares = expected.probabilities
        if shares is not None:
            tied = sum(is_tie(theirs, ours, shares[i], labels) for i, theirs, ours in others)
        different = len(others) - tied
        worst = _worst(shares, served.probabilities)
    else:
        a, b = np.asarray(expected.outputs, float), np.asarray(served.outputs, float)
        worst = float(np.max(np.abs(a - b) / (1 + np.abs(a)), initial=0.0))
    return {
        "rows": len(expected.outputs),
        "label_differences": different,
        "ties": tied,
        "max_difference": worst,
        "tolerance": tolerance,
        "equal": different == 0 and worst <= tolerance,
    }


def _worst(theirs: np.ndarray | None, ours: np.ndarray | None) -> float:
    """The largest difference of a probability: none where neither has any, 1 where only one has them."""
    if theirs is None or ours is None:
        return float((theirs is None) != (ours is None))
    return float(np.max(np.abs(theirs - ours), initial=0.0))


def is_tie(theirs: Any, ours: Any, probabilities: np.ndarray, labels: tuple[Any, ...]) -> bool:
    """Whether both labels have the highest probability of a row, within the tolerance of 32 bits."""
    if theirs not in labels or ours not in labels:
        return False
    lower = min(probabilities[labels.index(theirs)], probabilities[labels.index(ours)])
    return bool(lower >= probabilities.max() - PROBABILITY_TOLERANCE)
