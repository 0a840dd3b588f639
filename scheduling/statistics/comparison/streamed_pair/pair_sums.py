"""Sums over rows that come in parts, which add up to the interval of all rows.

Of a metric of labels, rows that are alike (label and both answers, and the group) are counted. Of a mean of
losses, and of the root of one, the moments of both losses are summed up, and of each group the losses. The
results are those of the rows at once. Metrics of order and r2 need each row's distance from values that are
known at the end only: they have no sums.
"""

from __future__ import annotations

from typing import Any

from scheduling.statistics.comparison.basis import Basis
from scheduling.statistics.comparison.streamed_pair.cells import CellSums
from scheduling.statistics.comparison.streamed_pair.losses import LossSums
from scheduling.statistics.comparison.streamed_pair.of_losses import basis_of_losses
from scheduling.statistics.comparison.streamed_pair.sums_by_key import Codes
from scheduling.statistics.metrics.scored import MetricUndefined, Options, Scored
from scheduling.statistics.metrics.table import Family, Metric


def has_sums(metric: Metric) -> bool:
    """Whether the interval of its gain can be had from parts."""
    return metric.family is not Family.RANK and metric.name != "r2"


class PairSums:
    """Both models' answers to the rows that were added so far, by one metric that `has_sums`."""

    def __init__(self, metric: Metric, *, options: Options, labels: tuple[Any, ...]) -> None:
        self._undefined = ""
        kind = CellSums if metric.family is Family.LABELS else LossSums
        self._sums: CellSums | LossSums = kind(metric, options, labels)

    def add(self, champion: Scored, candidate: Scored, codes: Codes) -> None:
        """Add the rows of a part, with their groups. The groupings are the same in each part."""
        try:
            if not self._undefined:
                self._sums.add(champion, candidate, codes)
        except MetricUndefined as error:
            self.refuse(str(error))

    def refuse(self, why: str) -> None:
        """Have no interval, for this reason."""
        self._undefined = self._undefined or why

    def basis(self, *, group_column: str) -> Basis | None:
        """Return what a comparison is made by: rows of one group of the column belong together.

        Without one, those of the grouping by which the gains depend most, if they do. None where a grouping
        has too many groups. Raises `MetricUndefined`.
        """
        if self._undefined:
            raise MetricUndefined(self._undefined)
        sums = self._sums
        return sums.basis(group_column) if isinstance(sums, CellSums) else basis_of_losses(sums, group_column)
