"""Which hashes are there twice, or among others: of many by their first bits, so that each table is small."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MANY = 1_000_000  # hashes; a table of 10,000,000 takes 270 MB
BITS = 4  # equal hashes begin alike


def duplicated(hashes: pd.Series, keep: Literal["first", False] = "first") -> pd.Series:
    """Return what `hashes.duplicated` does."""
    return _by_beginning(hashes, lambda some, _: some.duplicated(keep=keep))


def found_in(hashes: pd.Series, others: pd.Series) -> pd.Series:
    """Return what `hashes.isin` does."""
    beginnings = None if len(others) < MANY else _beginnings(others)

    def found(some: pd.Series, beginning: int | None) -> pd.Series:
        whole = beginning is None or beginnings is None
        return some.isin(others if whole else others[beginnings == beginning])

    return _by_beginning(hashes, found)


def _by_beginning(hashes: pd.Series, answer: Callable[[pd.Series, int | None], pd.Series]) -> pd.Series:
    import numpy as np
    import pandas as pd

    if len(hashes) < MANY:
        return answer(hashes, None)
    beginnings, found = _beginnings(hashes), np.empty(len(hashes), dtype=bool)
    for beginning in range(1 << BITS):
        here = beginnings == beginning
        found[here] = answer(hashes[here], beginning)
    return pd.Series(found, index=hashes.index)


def _beginnings(hashes: pd.Series) -> np.ndarray:
    import numpy as np

    return (hashes.to_numpy() >> np.uint64(64 - BITS)).astype(np.uint8)
