"""The gain of the new version on one labelled request, between -1 and 1: old loss less new loss.

Classification: half the Brier loss, or 0 and 1 where there are no probabilities. Regression: the absolute
error as a share of the range of the evaluation targets, 1 at most.
"""

from __future__ import annotations

from typing import Any

from predictions.contract.signature import SignatureSpec
from scheduling.watch.blocks import Pairs


def gains(pairs: Pairs, *, spec: SignatureSpec, old_labels: tuple[Any, ...], scale: float) -> list[float]:
    """Return a gain for each labelled request, in their order."""
    found = []
    for prediction, output, shares in pairs:
        truth: Any = prediction.feedback.label
        new: Any = prediction.output
        new_shares = prediction.probabilities
        if spec.task == "regression":
            old_loss, new_loss = _error(truth, output, scale), _error(truth, new, scale)
        elif shares is None or new_shares is None or None in new_shares:
            old_loss, new_loss = float(output != truth), float(new != truth)
        else:
            old_loss, new_loss = _brier(truth, shares, old_labels), _brier(truth, new_shares, spec.labels)
        found.append(old_loss - new_loss)
    return found


def _error(truth: float, value: float, scale: float) -> float:
    error = abs(truth - value) / scale
    return error if error < 1 else 1.0  # also where the value is not finite


def _brier(truth: Any, shares: list[float], labels: tuple[Any, ...]) -> float:
    """Half the squared errors of the probabilities; a label that the version does not know costs it all."""
    known = truth in labels
    squares = sum((share - (label == truth)) ** 2 for share, label in zip(shares, labels, strict=True))
    return min((squares + (not known)) / 2, 1.0)
