"""By what two models are compared: answers to rows in memory, or sums over rows that came in parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from scheduling.statistics.comparison.dependence import Dependence
from scheduling.statistics.comparison.gain import could_exceed, gain_interval
from scheduling.statistics.comparison.interval import Interval
from scheduling.statistics.comparison.pair import Pair, mcnemar
from scheduling.statistics.metrics.scored import Options
from scheduling.statistics.metrics.table import Metric


class Basis(Protocol):
    """A unit is a row, or else what depends on each other."""

    @property
    def rows(self) -> int: ...
    @property
    def units(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def dependence(self) -> Dependence | None: ...

    def interval(self, alpha: float) -> Interval:
        """Return that of the gain. Raises `MetricUndefined` where its error rates would not hold."""

    def could_exceed(self, threshold: float, alpha: float) -> bool:
        """Whether the interval could lie above, given which rows the two disagree on."""

    def mcnemar(self) -> tuple[int, int, float] | None:
        """Return rows fixed, rows broken and the p of it; None where rows are not independent labels."""


@dataclass(frozen=True, kw_only=True)
class OfPair:
    """Of both models' answers; their groups are those of the dependence."""

    metric: Metric
    options: Options
    pair: Pair
    dependence: Dependence | None

    @property
    def rows(self) -> int:
        return self.pair.rows

    @property
    def units(self) -> int:
        return self.pair.units

    @property
    def unit(self) -> str:
        return self.pair.unit

    def interval(self, alpha: float) -> Interval:
        return gain_interval(self.metric, self.pair, options=self.options, alpha=alpha)

    def could_exceed(self, threshold: float, alpha: float) -> bool:
        return could_exceed(self.metric, self.pair, threshold, alpha=alpha)

    def mcnemar(self) -> tuple[int, int, float] | None:
        return mcnemar(self.pair) if self.pair.labels and not self.pair.is_grouped else None
