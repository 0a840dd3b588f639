"""The slices that a search for the worst one looks at: bins and categories, alone and together."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from predictions.contract.fields import FeatureSpec, Kind
from scheduling.slices.conditions import Condition, Term

FEW_VALUES = 10  # a number with so few is taken value by value
MOST_BINS = 4
MOST_CATEGORIES = 20  # the most frequent ones
Features = tuple[FeatureSpec, ...]
BEAM = 10  # how many slices are narrowed further


@dataclass(frozen=True, kw_only=True)
class Subset:
    """A condition and the rows that it holds for."""

    condition: Condition
    rows: np.ndarray  # (n,) of bool
    score: float  # how much its rows lose, in about standard errors


@dataclass(frozen=True, kw_only=True)
class Search:
    """The limits: `minimum_rows` in a slice, `most` slices in total, up to `depth` features in one."""

    minimum_rows: int
    most: int
    depth: int

    def subsets(self, frame: pd.DataFrame, features: Features, losses: np.ndarray) -> list[Subset]:
        """Return slices of a dataset's frame, those first that lose most; `losses` of the rows, (n,)."""
        of_each = (conditions_of(frame, one, minimum_rows=self.minimum_rows) for one in features)
        conditions = itertools.chain.from_iterable(of_each)
        simple = self._scored(((one, one.rows(frame)) for one in conditions), losses)
        found, latest = list(simple), simple
        for _ in range(1, self.depth):
            latest = self._scored(_narrowed(latest[:BEAM], simple), losses)
            found += latest
        return self._best(found)

    def _scored(self, among: Iterable[tuple[Condition, np.ndarray]], losses: np.ndarray) -> list[Subset]:
        """Return the worst of those that have enough rows and leave some out."""
        return self._best(
            Subset(condition=condition, rows=rows, score=_score(losses[rows]))
            for condition, rows in among
            if self.minimum_rows <= int(rows.sum()) < len(rows)
        )

    def _best(self, among: Iterable[Subset]) -> list[Subset]:
        """Return each condition once, sorted by how much its rows lose."""
        unique = {str(one.condition): one for one in among}
        return sorted(unique.values(), key=lambda one: (-one.score, str(one.condition)))[: self.most]


def _score(losses: np.ndarray) -> float:
    square = float(losses @ losses)
    return float(losses.sum()) / np.sqrt(square) if square else 0.0


def _narrowed(beam: list[Subset], simple: list[Subset]) -> Iterator[tuple[Condition, np.ndarray]]:
    """Yield each of the beam with one more feature, in the order of the features' names."""
    for wide in beam:
        for other in simple:
            if not wide.condition.features & other.condition.features:
                terms = wide.condition.terms + other.condition.terms
                ordered = tuple(sorted(terms, key=lambda term: term.feature.name))
                yield Condition(ordered), wide.rows & other.rows


def conditions_of(frame: pd.DataFrame, feature: FeatureSpec, *, minimum_rows: int) -> Iterator[Condition]:
    """Yield every condition on a feature; only as many bins as have enough rows."""
    known = frame[feature.name].dropna()
    values = known.value_counts().index[:MOST_CATEGORIES].tolist()
    if feature.kind.is_text or feature.kind is Kind.BOOL or len(values) <= FEW_VALUES:
        yield from (_one(feature, "=", value) for value in values)
    else:
        bins = max(2, min(MOST_BINS, len(known) // minimum_rows))
        yield from _bins(feature, known.to_numpy(dtype=float), bins)
    if len(known) < len(frame):
        yield _one(feature, "is")


def _bins(feature: FeatureSpec, values: np.ndarray, count: int) -> Iterator[Condition]:
    """Yield `count` bins of about equal size; their edges are values that occur."""
    edges = np.unique(np.quantile(values, np.arange(1, count) / count, method="higher")).tolist()
    yield _one(feature, "<", edges[0])
    for low, high in itertools.pairwise(edges):
        yield Condition(_one(feature, ">=", low).terms + _one(feature, "<", high).terms)
    yield _one(feature, ">=", edges[-1])


def _one(feature: FeatureSpec, operator: str, *values: Any) -> Condition:
    # A frame has truth values and times as numbers.
    written: Any = {Kind.BOOL: bool, Kind.TIMESTAMP: feature.moment}.get(feature.kind, lambda value: value)
    return Condition((Term(feature=feature, operator=operator, values=tuple(map(written, values))),))
