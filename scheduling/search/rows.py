"""The rows of a search: what an estimator is given, and the file from which each task reads its part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

TIME, GROUP, RANDOM = "time", "group", "random"


@dataclass(frozen=True, kw_only=True)
class Rows:
    """n labelled rows as an estimator is given them. `labels` is empty for a regression.

    `by` holds the moment or the group of each row, (n,), where the rule is one of these.
    """

    features: pd.DataFrame
    target: pd.Series
    labels: tuple[Any, ...] = ()
    rule: str = RANDOM
    by: pd.Series | None = None


@dataclass(frozen=True, kw_only=True)
class RowsFile:
    """Where the rows are, and how to make of them again what they were. Its columns are numbered.

    Column `fold` says in which fold a row is scored; `place`, from 0 up to 1, which rows a share takes.
    """

    path: str
    names: tuple[str, ...]
    dtypes: tuple[Any, ...]
    labels: tuple[Any, ...]
    folds: tuple[int, ...]
    expanding: bool  # a fold is fitted on those before it, else on all others

    def read(self, fold: int, *, share: float) -> tuple[pd.DataFrame, np.ndarray, pd.DataFrame, np.ndarray]:
        """Return features and target to fit on, then those to score. Raises `OSError`."""
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        table = pq.read_table(self.path, memory_map=True, use_threads=False)
        column = table.column("fold")
        others = pc.less(column, fold) if self.expanding else pc.not_equal(column, fold)
        taken = pc.and_(others, pc.less(table.column("place"), share))
        parts = [table.filter(taken), table.filter(pc.equal(column, fold))]
        (x, y), (judged_x, judged_y) = [self._typed(part.to_pandas(use_threads=False)) for part in parts]
        return x, y, judged_x, judged_y

    def _typed(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
        import pandas as pd

        features = frame[[str(i) for i in range(len(self.names))]]
        features = features.astype({str(i): dtype for i, dtype in enumerate(self.dtypes)})
        target = frame["target"].to_numpy()
        if self.labels:
            target = pd.Series(list(self.labels)).to_numpy()[target]
        return features.set_axis(list(self.names), axis="columns"), target
