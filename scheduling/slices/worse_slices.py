"""Is the candidate worse on a slice? Those that people name, and the worst that a search finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from predictions.contract.feature import FeatureSpec
from scheduling.evidence.outcomes import values_of
from scheduling.slices.condition_parser import ConditionInvalid, parse
from scheduling.slices.conditions import Condition
from scheduling.slices.gains_by_row import RowGains, SliceGain
from scheduling.slices.search import Search, Subset
from scheduling.statistics.comparison.interval import freedom
from scheduling.statistics.comparison.pair import p_of_more
from scheduling.statistics.multiple_testing.max_t import MaxT, max_t, visible_loss

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 20  # of the slices that were found
SIZES = (50, 100, 200, 500, 1000, 5000)  # for which it is told what could be seen


@dataclass(frozen=True, kw_only=True)
class JudgedSlice:
    """One slice: `p` is one-sided, of being worse; `problem` says why it is not judged."""

    name: str  # empty where it was found
    condition: str  # for few: its edges may be values of rows
    features: tuple[str, ...] = ()  # that it is about; empty where it cannot be read
    share: float = 0.0  # of all rows
    rows: int = 0
    gain: float | None = None  # mean of its rows, as all three
    champion: float | None = None
    candidate: float | None = None
    p: float | None = None
    worse: bool = False
    problem: str = ""
    why: str = ""  # for few: what is wrong with the condition, in its own words

    @property
    def called(self) -> str:
        """For everybody: its name, or what it is about."""
        return self.name or f"a part by {' and '.join(self.features)}"

    def as_dict(self, *, redacted: frozenset[str]) -> dict[str, Any]:
        """As it is kept with the outcome."""
        about = self.features or redacted
        texts = {"condition": self.condition, "why": self.why}
        return asdict(self) | {
            name: values_of(about, text, redacted=redacted) for name, text in texts.items()
        }

    def __str__(self) -> str:
        """For everybody."""
        return (
            f"{self.called}: gain {self.gain:+.3g} on {self.rows} rows, {self.share:.0%} of all,"
            f" p = {self.p:.2g}"
        )


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
    worse = iter((stats.false_discovery_control(ps) <= alpha).tolist())
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
        condition = parse(text, features)
    except ConditionInvalid as error:
        problem = "it cannot be asked: the signature's features do not fit its condition"
        return JudgedSlice(name=name, condition=text, problem=problem, why=str(error))
    rows = condition.rows(frame)
    on = gains.on(rows)
    told = _told(name, text, condition, rows, on)
    units = _count(gains, rows)
    if units < minimum_rows:
        return replace(told, problem=f"too few {gains.unit}: {units}, and it takes {minimum_rows}")
    if on is None:
        return replace(told, problem=f"too few rows of a label for {gains.by}")
    return replace(told, p=_p_of_worse(gains, rows, on))


def _told(name: str, text: str, condition: Condition, rows: np.ndarray, on: SliceGain | None) -> JudgedSlice:
    told = JudgedSlice(
        name=name,
        condition=text,
        features=tuple(sorted(condition.features)),
        share=float(rows.mean()) if len(rows) else 0.0,
        rows=int(rows.sum()),
    )
    return replace(told, gain=on.gain, champion=on.champion, candidate=on.candidate) if on else told


def _count(gains: RowGains, rows: np.ndarray) -> int:
    """How many rows or groups some rows are."""
    return int(gains.units_of(rows).max()) + 1 if rows.any() else 0


def _p_of_worse(gains: RowGains, rows: np.ndarray, on: SliceGain) -> float:
    """By McNemar's exact test, else by Student's t of the units' mean gain."""
    units = np.bincount(gains.units_of(rows), weights=on.contributions)
    if gains.is_right_or_wrong:
        return p_of_more(int((units < 0).sum()), int((units > 0).sum()))
    if not units.any():
        return 1.0
    error = units.std(ddof=1) / np.sqrt(len(units))
    degrees = min(on.degrees, freedom(units - units.mean()))
    with np.errstate(divide="ignore"):
        return float(stats.t.cdf(units.mean() / error, degrees))


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
    some = gains.only(chosen)
    subsets = search.subsets(frame.iloc[chosen], features, np.abs(some.gains))
    judged = [
        (s, on) for s in subsets if _count(some, s.rows) >= search.minimum_rows and (on := some.on(s.rows))
    ]
    if not judged:
        return None
    tested = max_t(_losses(some, judged), flips=flips, alpha=alpha, chance=chance)
    return Found(
        slices=_worst_first([subset for subset, _ in judged], tested, gains, frame, alpha),
        looked_at=len(judged),
        unit=gains.unit,
        rows=len(chosen),
        visible=_visible(gains, tested.critical),
    )


def _sample(rows: int, most: int, chance: np.random.Generator) -> np.ndarray:
    if rows <= most:
        return np.arange(rows)
    return np.sort(chance.choice(rows, most, replace=False))


def _losses(gains: RowGains, judged: list[tuple[Subset, SliceGain]]) -> np.ndarray:
    """What each unit loses in each slice, (units, slices); units that differ in none are left out."""
    everything = np.ones(len(gains.gains), dtype=bool)
    units = gains.units_of(everything)
    differ = np.zeros(units.max() + 1, dtype=bool)
    for subset, on in judged:
        differ[units[subset.rows][on.contributions != 0]] = True
    places = np.cumsum(differ) - 1
    losses = np.zeros((int(differ.sum()), len(judged)))
    for i, (subset, on) in enumerate(judged):
        lost = on.contributions != 0
        np.subtract.at(losses[:, i], places[units[subset.rows][lost]], on.contributions[lost])
    return losses


def _worst_first(
    subsets: list[Subset], tested: MaxT, gains: RowGains, frame: pd.DataFrame, alpha: float
) -> list[JudgedSlice]:
    """Gain and scores are of all rows, also where p is of a sample."""
    order = np.argsort(-tested.z, kind="stable")[:SHOWN]
    found = []
    for i in order:
        condition = subsets[i].condition
        rows = condition.rows(frame)
        told = _told("", str(condition), condition, rows, gains.on(rows))
        found.append(replace(told, p=float(tested.p[i]), worse=bool(tested.p[i] <= alpha)))
    return found


def _visible(gains: RowGains, critical: float) -> dict[str, float]:
    """For slices of so many rows, or groups, what a row would have had to lose."""
    everything = np.ones(len(gains.gains), dtype=bool)
    units = np.bincount(gains.units_of(everything), weights=gains.gains)
    square = float((units**2).mean()) * (len(units) / len(everything)) ** 2
    sizes = [size for size in SIZES if size <= len(units)]
    return {str(n): visible_loss(n, square, critical=critical, labels=gains.is_right_or_wrong) for n in sizes}
