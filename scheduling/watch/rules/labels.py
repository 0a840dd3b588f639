"""Whether the loss on true labels is larger than that of the version before."""

import math
from collections.abc import Sequence
from typing import Any, Self

import msgspec

from predictions.contract.signature import SignatureSpec
from scheduling.statistics.watching import Bets
from scheduling.watch.blocks import Pairs
from scheduling.watch.rules.base import RULES, Finding, in_numbers


class LossRule(msgspec.Struct, frozen=True, kw_only=True):
    """Losses of both versions on the requests whose true label has arrived."""

    bets: Bets = Bets()
    total_gain: float = 0.0
    scale: float = 1.0  # of a regression: an error so large is a loss of 1
    missing: str = ""

    def after(self, gains: Sequence[float], *, tolerance: float) -> Self:
        bets = self.bets.after(gains, margin=tolerance)
        return msgspec.structs.replace(self, bets=bets, total_gain=self.total_gain + sum(gains))

    def finding(self, *, alpha: float, tolerance: float) -> Finding | None:
        """Nobody else has to agree: a person allowed those who send labels to do so."""
        if self.bets.log_wealth < math.log(RULES / alpha):
            return None
        return Finding(
            f"the answers of the new version are worse. On {self.bets.rows} requests with a true label, its "
            f"mean loss (0 is right, 1 is wrong) is {-self.total_gain / self.bets.rows:+.4f} compared with "
            f"the previous version; at most {tolerance:+.4f} is allowed.",
            f"labels: {in_numbers(self.bets.log_wealth, RULES / alpha)}",
            acts=True,
        )


def gains_of(pairs: Pairs, *, spec: SignatureSpec, old_labels: tuple[Any, ...], scale: float) -> list[float]:
    """Return old loss less new loss of each labelled request, between -1 and 1, in their order.

    Classification: half the Brier loss, or 0 and 1 where there are no probabilities. Regression: the absolute
    error as a share of the range of the evaluation targets, 1 at most.
    """
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
