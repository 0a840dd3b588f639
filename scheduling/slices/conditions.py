"""Conditions on features as values, and the rows that they hold for. `condition_parser` reads them."""

from __future__ import annotations

import json
import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.feature import FeatureSpec

if TYPE_CHECKING:
    import pandas as pd

ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
BARE = re.compile(r"[\w.+-]+(?: [\w.+-]+)*")
AND = re.compile(r"\band\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Term:
    """One feature, one operator (`=`, `!=`, `in`, `<` and its like, or `is` for missing), and its values."""

    feature: FeatureSpec
    operator: str
    values: tuple[Any, ...] = ()

    def __str__(self) -> str:  # as the parser reads it
        said = " | ".join(_written(value) for value in self.values) or "missing"
        return f"{self.feature.name} {self.operator} {said}"

    def rows(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the rows of a frame that it holds for, (n,) of bool. A missing value fits `is` only."""
        column = frame[self.feature.name]
        if self.operator == "is":
            return column.isna().to_numpy()
        values = [float(v) if self.feature.kind.is_number else v for v in self.values]
        if self.operator in ORDER:
            return ORDER[self.operator](column.to_numpy(dtype=float), values[0])
        among = column.isin(values).to_numpy()
        return ~among & column.notna().to_numpy() if self.operator == "!=" else among


@dataclass(frozen=True)
class Condition:
    """Terms that must all hold."""

    terms: tuple[Term, ...]

    def __str__(self) -> str:  # as the parser reads it
        return " and ".join(map(str, self.terms))

    def rows(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the rows of a frame that it holds for, (n,) of bool."""
        return np.logical_and.reduce([term.rows(frame) for term in self.terms])

    @property
    def features(self) -> frozenset[str]:
        """The names of the features that it is about."""
        return frozenset(term.feature.name for term in self.terms)


def _written(value: Any) -> str:
    """Write a number with all its digits, and text in quotes if it needs them."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(float(value)).removesuffix(".0")
    plain = BARE.fullmatch(value) and not AND.search(value)
    return value if plain else json.dumps(value, ensure_ascii=False)
