"""Is the candidate worse on a slice? Those that people name, and the worst that a search finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from predictions.feature import FeatureSpec
from scheduling.condition_parser import ConditionInvalid, parse
from scheduling.row_gains import RowGains
from scheduling.slice_search import Candidate, Search
from scheduling.statistics.benjamini_hochberg import benjamini_hochberg
from scheduling.statistics.detectable import visible_loss
from scheduling.statistics.max_t import MaxT, max_t

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 20  # of the slices that were found
SIZES = (50, 100, 200, 500, 1000, 5000)  # for which it is told what could be seen


@dataclass(frozen=True, kw_only=True)
class JudgedSlice:
    """One slice: `p` is one-sided, of being worse; `problem` says why it is not judged."""

    name: str  # empty where it was found
    condition: str
    rows: int = 0
    gain: float | None = None  # mean of its rows' gains
    champion: float | None = None  # the metric on its rows, where it has a value
    candidate: float | None = None
    p: float | None = None
    worse: bool = False
    problem: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As it is kept with the outcome."""
        return asdict(self)

    def __str__(self) -> str:
        """For people."""
        called = f"{self.name} ({self.condition})" if self.name else self.condition
        return f"{called}: gain {self.gain:+.3g} on {self.rows} rows, p = {self.p:.2g}"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the search came to: the worst slices first, and what could have been seen."""

    slices: list[JudgedSlice]
    looked_at: int
    unit: str  # rows or groups
    rows: int  # of the search; fewer than there are where they were sampled
    visible: dict[str, float]  # size of a slice -> mean loss that it would have shown


def named_slices(
    conditions: Mapping[str, str],
    gains: RowGains,
    frame: pd.DataFrame,
    features: tuple[FeatureSpec, ...],
    *,
    minimum_rows: int,
    alpha: float,
) -> list[JudgedSlice]:
    """Judge each by exact McNemar, or by t where a gain is no matter of right or wrong; then all by BH."""
    judged = [
        _named(name, text, gains, frame, features, minimum_rows) for name, text in sorted(conditions.items())
    ]
    ps = [one.p for one in judged if one.p is not None]
    worse = iter(benjamini_hochberg(np.array(ps), alpha).tolist())
    return [one if one.p is None else replace(one, worse=next(worse)) for one in judged]


def _named(
    name: str,
    text: str,
    gains: RowGains,
    frame: pd.DataFrame,
    features: tuple[FeatureSpec, ...],
    minimum_rows: int,
) -> JudgedSlice:
    try:
        rows = parse(text, features).rows(frame)
    except ConditionInvalid as error:
        return JudgedSlice(name=name, condition=text, problem=f"it cannot be asked: {error}")
    told = _told(name, text, gains, rows)
    units = len(gains.by_unit(rows))
    if units < minimum_rows:
        return replace(told, problem=f"too few {gains.unit}: {units}, and it takes {minimum_rows}")
    return replace(told, p=_p_of_worse(gains, rows))


def _told(name: str, text: str, gains: RowGains, rows: np.ndarray) -> JudgedSlice:
    count = int(rows.sum())
    gain = float(gains.gains[rows].mean()) if count else None
    both = gains.metric_of_both(rows)
    return JudgedSlice(
        name=name,
        condition=text,
        rows=count,
        gain=gain,
        champion=both["champion"],
        candidate=both["candidate"],
    )


def _p_of_worse(gains: RowGains, rows: np.ndarray) -> float:
    """P of as many broken rows, X ~ Bin(fixed + broken, ½); else Student's t of the units' mean gain."""
    units = gains.by_unit(rows)
    if gains.of_labels and gains.groups is None:
        broken, fixed = int((units < 0).sum()), int((units > 0).sum())
        return float(stats.binom.sf(broken - 1, fixed + broken, 0.5))
    if not units.any():
        return 1.0
    error = units.std(ddof=1) / np.sqrt(len(units))
    with np.errstate(divide="ignore"):
        return float(stats.t.cdf(units.mean() / error, len(units) - 1))


def search_slices(
    search: Search,
    gains: RowGains,
    frame: pd.DataFrame,
    features: tuple[FeatureSpec, ...],
    *,
    alpha: float,
    flips: int,
    max_rows: int,
    seed: int,
) -> Found | None:
    """Look for the worst slice; None where none has enough rows. More rows than `max_rows` are sampled."""
    chance = np.random.default_rng(seed)
    chosen = _sample(len(frame), max_rows, chance)
    some = frame.iloc[chosen]
    candidates = search.candidates(some, features, np.abs(gains.gains[chosen]))
    candidates = [c for c in candidates if _units(gains, chosen[c.rows]) >= search.minimum_rows]
    if not candidates:
        return None
    tested = max_t(_losses(gains, chosen, candidates), flips=flips, alpha=alpha, chance=chance)
    return Found(
        slices=_worst_first(candidates, tested, gains, frame, alpha),
        looked_at=len(candidates),
        rows=len(chosen),
        unit=gains.unit,
        visible=_visible(gains, tested.critical),
    )


def _sample(rows: int, most: int, chance: np.random.Generator) -> np.ndarray:
    if rows <= most:
        return np.arange(rows)
    return np.sort(chance.choice(rows, most, replace=False))


def _units(gains: RowGains, rows: np.ndarray) -> int:
    return len(rows) if gains.groups is None else len(np.unique(gains.groups[rows]))


def _losses(gains: RowGains, chosen: np.ndarray, candidates: list[Candidate]) -> np.ndarray:
    """What each unit loses in each slice, (units, slices); rows in which nothing differs are left out."""
    differ = np.flatnonzero(gains.gains[chosen])
    losses = -gains.gains[chosen[differ], None] * np.stack([c.rows[differ] for c in candidates], axis=1)
    if gains.groups is None:
        return losses
    places = np.unique(gains.groups[chosen[differ]], return_inverse=True)[1]
    return np.stack([np.bincount(places, weights=column) for column in losses.T], axis=1)


def _worst_first(
    candidates: list[Candidate], tested: MaxT, gains: RowGains, frame: pd.DataFrame, alpha: float
) -> list[JudgedSlice]:
    """Gain and metrics are of all rows, also where p is of a sample."""
    order = np.argsort(-tested.z, kind="stable")[:SHOWN]
    return [
        replace(
            _told("", str(candidates[i].condition), gains, candidates[i].condition.rows(frame)),
            p=float(tested.p[i]),
            worse=bool(tested.p[i] <= alpha),
        )
        for i in order
    ]


def _visible(gains: RowGains, critical: float) -> dict[str, float]:
    """For slices of so many rows, or groups, what a row would have had to lose."""
    everything = np.ones(len(gains.gains), dtype=bool)
    units = gains.by_unit(everything)
    square = float((units**2).mean()) * (len(units) / len(everything)) ** 2
    labels = gains.of_labels and gains.groups is None
    sizes = [size for size in SIZES if size <= len(units)]
    return {str(n): visible_loss(n, square, critical=critical, labels=labels) for n in sizes}
