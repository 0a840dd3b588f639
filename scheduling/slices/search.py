"""The slices that a search for the worst one looks at: bins and categories, alone and together.

Which slices are chosen may depend on how much the two models differ in a row, but not on which of them
is right: flipping signs changes nothing here, so the test of the chosen ones holds its level.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.feature import FeatureSpec, Kind
from scheduling.slices.conditions import Condition, Term

if TYPE_CHECKING:
    import pandas as pd

FEW_VALUES = 10  # a number with so few is taken value by value
MOST_BINS = 4
MOST_CATEGORIES = 20  # the most frequent ones
BEAM = 10  # how many slices are narrowed further


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A condition and the rows that it holds for."""

    condition: Condition
    rows: np.ndarray  # (n,) of bool
    score: float  # how much more than elsewhere the two models differ here, in standard errors


@dataclass(frozen=True, kw_only=True)
class Search:
    """How far to look: `minimum_rows` in a slice, `most` slices in all, of up to `depth` features."""

    minimum_rows: int
    most: int
    depth: int

    def candidates(
        self, frame: pd.DataFrame, features: tuple[FeatureSpec, ...], difference: np.ndarray
    ) -> list[Candidate]:
        """Return slices of a dataset's frame; `difference` is |gain| of each row, (n,)."""
        weight = _standardised(difference)
        simple = self._best(
            _scored(_conditions(frame, features, self.minimum_rows), frame, weight, self.minimum_rows)
        )
        found, latest = list(simple), simple
        for _ in range(1, self.depth):
            latest = self._best(_narrowed(latest[:BEAM], simple, weight, self.minimum_rows))
            found += latest
        return self._best(iter(found))

    def _best(self, candidates: Iterator[Candidate]) -> list[Candidate]:
        """Each condition once, those first in which the models differ most."""
        unique = {str(candidate.condition): candidate for candidate in candidates}
        return sorted(unique.values(), key=lambda c: (-c.score, str(c.condition)))[: self.most]


def _standardised(difference: np.ndarray) -> np.ndarray:
    spread = difference.std()
    return (difference - difference.mean()) / (spread if spread else 1.0)


def _scored(
    conditions: Iterator[Condition], frame: pd.DataFrame, weight: np.ndarray, minimum_rows: int
) -> Iterator[Candidate]:
    for condition in conditions:
        yield from _candidate(condition, condition.rows(frame), weight, minimum_rows)


def _candidate(
    condition: Condition, rows: np.ndarray, weight: np.ndarray, minimum_rows: int
) -> Iterator[Candidate]:
    """One, or none where it is too small or holds for everything."""
    size = int(rows.sum())
    if minimum_rows <= size < len(rows):
        score = float(weight[rows].sum() / np.sqrt(size))
        yield Candidate(condition=condition, rows=rows, score=score)


def _narrowed(
    beam: list[Candidate], simple: list[Candidate], weight: np.ndarray, minimum_rows: int
) -> Iterator[Candidate]:
    """Each of the beam with one more feature; sorted by name, so that the order of finding is no matter."""
    for wide in beam:
        for other in simple:
            if wide.condition.features & other.condition.features:
                continue
            terms = sorted(wide.condition.terms + other.condition.terms, key=lambda term: term.feature.name)
            yield from _candidate(Condition(tuple(terms)), wide.rows & other.rows, weight, minimum_rows)


def _conditions(
    frame: pd.DataFrame, features: tuple[FeatureSpec, ...], minimum_rows: int
) -> Iterator[Condition]:
    """Every condition on one feature; bins are as many as have enough rows."""
    for feature in features:
        known = frame[feature.name].dropna()
        values = known.value_counts().index[:MOST_CATEGORIES].tolist()
        if feature.kind in (Kind.TEXT, Kind.BOOL) or len(values) <= FEW_VALUES:
            yield from (_is(feature, value) for value in values)
        else:
            bins = max(2, min(MOST_BINS, len(known) // minimum_rows))
            yield from _bins(feature, known.to_numpy(dtype=float), bins)
        if len(known) < len(frame):
            yield Condition((Term(feature=feature, operator="is"),))


def _is(feature: FeatureSpec, value: Any) -> Condition:
    value = bool(value) if feature.kind is Kind.BOOL else value
    return Condition((Term(feature=feature, operator="=", values=(value,)),))


def _bins(feature: FeatureSpec, values: np.ndarray, count: int) -> Iterator[Condition]:
    """So many of about equal size; the edges are values that occur."""
    edges = np.unique(np.quantile(values, np.arange(1, count) / count, method="higher")).tolist()
    yield Condition((Term(feature=feature, operator="<", values=(edges[0],)),))
    for low, high in pairwise(edges):
        yield Condition((_at_least(feature, low), Term(feature=feature, operator="<", values=(high,))))
    yield Condition((_at_least(feature, edges[-1]),))


def _at_least(feature: FeatureSpec, edge: float) -> Term:
    return Term(feature=feature, operator=">=", values=(edge,))
