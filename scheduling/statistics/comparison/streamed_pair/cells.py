"""The interval of a metric of labels, from counts over rows that came in parts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scheduling.statistics.comparison.basis import OfPair
from scheduling.statistics.comparison.dependence import Clusters, dependence_of
from scheduling.statistics.comparison.gain import gains_of_rows
from scheduling.statistics.comparison.pair import Pair
from scheduling.statistics.comparison.streamed_pair.sums_by_key import MOST_GROUPS, Codes, SumsByKey, wholes
from scheduling.statistics.metrics.scored import Options, Scored
from scheduling.statistics.metrics.table import Metric

CODE, CELL, ROWS = "code", "cell", "rows"


class CellSums:
    """Counts of rows by label and both answers, k³ cells, and of each grouping those of each group."""

    def __init__(self, metric: Metric, options: Options, labels: tuple[object, ...]) -> None:
        self._metric, self._options, self._labels = metric, options, labels
        self._all = SumsByKey([CELL])
        self._by: dict[str, SumsByKey] = {}

    def add(self, champion: Scored, candidate: Scored, codes: Codes) -> None:
        """Add the rows of a part."""
        k = len(self._labels)
        cells = (candidate.y * k + champion.predicted) * k + candidate.predicted
        rows = pd.DataFrame({CELL: cells, ROWS: 1})
        self._all.add(rows)
        for by, of_rows in codes.items():
            table = self._by.setdefault(by, SumsByKey([CODE, CELL], most=MOST_GROUPS))
            table.add(rows.assign(**{CODE: of_rows}))

    def basis(self, group_column: str) -> OfPair | None:
        """As `PairSums.basis`."""
        if (tables := wholes(self._by)) is None:
            return None
        pairs = {by: self._pair(whole) for by, whole in tables.items()}
        clusters = {by: self._clusters(pair) for by, pair in pairs.items()}
        dependence = dependence_of(clusters, group_column=group_column)
        pair = pairs[dependence.by] if dependence else self._pair(self._all.whole())
        return OfPair(metric=self._metric, options=self._options, pair=pair, dependence=dependence)

    def _clusters(self, pair: Pair) -> Clusters:
        assert pair.groups is not None
        return Clusters.of(gains_of_rows(self._metric, pair, self._options), pair.groups, pair.counts)

    def _pair(self, table: pd.DataFrame | None) -> Pair:
        assert table is not None
        rest, new = np.divmod(table[CELL].to_numpy(), len(self._labels))
        y, old = np.divmod(rest, len(self._labels))
        return Pair(
            champion=Scored(y=y, predicted=old, labels=self._labels),
            candidate=Scored(y=y, predicted=new, labels=self._labels),
            groups=pd.factorize(table[CODE])[0] if CODE in table else None,
            counts=table[ROWS].to_numpy(),
        )
