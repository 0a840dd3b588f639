"""Whether what a given graph answers can be answers of the signature: its labels, shares of them, numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from predictions.contract.answers import Answers
from predictions.contract.numbers import counted
from predictions.contract.signature import SignatureSpec
from predictions.registry import refusals
from predictions.registry.refusals import NotCompilable

ROUNDING = 1e-3  # of a sum of probabilities in 32 bits, or even 16
CLEARLY = 3.0  # standard errors of a share, at most


def refuse_implausible(answers: Answers, spec: SignatureSpec, rows: int) -> None:
    """Raise `NotCompilable` unless there is one label or number for each row, and shares that sum to 1."""
    if len(answers.outputs) != rows:
        raise NotCompilable(
            "onnx_rows", theirs=counted(len(answers.outputs), "answer"), rows=counted(rows, "row")
        )
    if spec.task == "regression":
        _refuse_infinite(np.asarray(answers.outputs, dtype=float))
        return
    if other := {*answers.outputs} - {*spec.labels}:
        ours = refusals.listed(spec.labels)
        raise NotCompilable("onnx_labels", theirs=refusals.listed(sorted(other, key=str)), ours=ours)
    if answers.probabilities is None:
        return
    shares = np.asarray(answers.probabilities)
    if shares.shape != (rows, len(spec.labels)):
        shape = " × ".join(map(str, shares.shape))
        raise NotCompilable("onnx_shares", theirs=shape, ours=f"{rows} × {len(spec.labels)}")
    _refuse_infinite(shares)
    if shares.min() < -ROUNDING or np.abs(shares.sum(axis=1) - 1).max() > ROUNDING:
        low, high = f"{shares.min():.3g}", f"{shares.max():.3g}"
        raise NotCompilable("onnx_no_shares", low=low, high=high)


def _refuse_infinite(numbers: np.ndarray) -> None:
    if not np.isfinite(numbers).all():
        raise NotCompilable("onnx_not_finite")


def refuse_other_order(answers: Answers, spec: SignatureSpec, truth: list[Any] | None) -> None:
    """Raise `NotCompilable` where the columns of the probabilities are plainly those of other labels.

    The column of a label is higher, on average, in rows that are answered with this label than in others.
    That says nothing where the label was made of the probabilities: for these `truth` are the true labels,
    and another order is plain where it gets many more of them right.
    """
    shares = answers.probabilities
    if shares is None:
        return
    order = _order(shares, answers.outputs if truth is None else truth, spec)
    if order == [*range(len(spec.labels))]:
        return
    if truth is not None:
        places = shares.argmax(axis=1)
        right = [np.mean([spec.labels[one] == true for one, true in zip(some, truth, strict=True)])
                 for some in (places, np.array(order)[places])]  # fmt: skip
        if right[1] - right[0] < CLEARLY / np.sqrt(len(truth)):
            return
    raise NotCompilable("onnx_order", ours=refusals.listed(spec.labels))


def _order(shares: np.ndarray, labels: list[Any], spec: SignatureSpec) -> list[int]:
    """Return of each column in rows of which label it is the highest; as it is where that is not clear."""
    same = [*range(len(spec.labels))]
    rows = [np.array([one == label for one in labels]) for label in spec.labels]
    if not all(mask.any() for mask in rows):
        return same
    means = np.array([shares[mask].mean(axis=0) for mask in rows])
    order = [int(place) for place in means.argmax(axis=0)]
    return order if sorted(order) == same else same
