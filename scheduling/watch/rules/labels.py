"""Whether the loss on true labels is larger than that of the version before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Self

import msgspec

from scheduling.statistics.watching import Bets
from scheduling.watch.rules.base import RULES, Finding


class LossRule(msgspec.Struct, frozen=True, kw_only=True):
    """Losses of both versions on the requests whose true label has arrived."""

    rows: int = 0
    log_wealth: float = 0.0
    mean: float = 0.0
    squares: float = 0.05
    total_gain: float = 0.0
    scale: float = 1.0  # of a regression: an error so large is a loss of 1
    missing: str = ""

    def after(self, gains: Sequence[float], *, tolerance: float) -> Self:
        """Bet on more gains, old loss less new loss, in the order in which the labels arrived."""
        bets = Bets(rows=self.rows, log_wealth=self.log_wealth, mean=self.mean, squares=self.squares)
        bets = bets.after(gains, margin=tolerance)
        return msgspec.structs.replace(
            self, rows=bets.rows, log_wealth=bets.log_wealth, mean=bets.mean, squares=bets.squares,
            total_gain=self.total_gain + sum(gains),
        )  # fmt: skip

    def finding(self, *, alpha: float, tolerance: float) -> Finding | None:
        """Say by how much the loss is above the one of the version before.

        Who may tell labels was given that say by a person: nobody else has to agree.
        """
        if self.log_wealth < math.log(RULES / alpha):
            return None
        return Finding(
            f"labels: on {self.rows} labelled requests the mean loss is {-self.total_gain / self.rows:+.4f} "
            f"from the version before's; at most {tolerance:+.4f} is allowed "
            f"(evidence {math.exp(min(self.log_wealth, 700)):.3g}, bound {RULES / alpha:.3g})",
            acts=True,
        )
