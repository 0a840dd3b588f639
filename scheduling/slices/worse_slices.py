"""Is the candidate worse on a slice? The slices that people name, and the worst that a search finds.

The search looks at one half of the rows, and what it finds is judged on the other half alone, then the other
way round: a slice that was picked because it looks bad would look bad to its own rows by chance too.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from scipy import stats

from predictions.contract.numbers import counted
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import values_of
from scheduling.slices.conditions import Condition, ConditionInvalid, parse
from scheduling.slices.gains_by_row import RowGains
from scheduling.slices.search import Search, Subset
from scheduling.statistics.comparison.interval import unit_sums
from scheduling.statistics.comparison.verdict import POWER
from scheduling.statistics.metrics.scored import MetricUndefined

CONFIRMED = 3  # of the slices that look worst, at most so many are judged on the other half
MOST_SHARED = 0.7  # of the rows of two of these: what overlaps more is the same slice by another name
VISIBLE = (0.05, 0.2, 0.5)  # shares of all rows for which the smallest visible loss is computed


@dataclass(frozen=True, kw_only=True)
class JudgedSlice:
    """One slice. `low` and `high` are the interval of its gain; `problem` says why it is not judged."""

    name: str  # empty if the search found it
    condition: str  # private: its edges may be values of rows
    features: tuple[str, ...] = ()  # that it is about; empty if it cannot be read
    share: float = 0.0  # of all rows
    rows: int = 0
    gain: float | None = None  # the mean of its rows, as the next two
    champion: float | None = None
    candidate: float | None = None
    low: float | None = None
    high: float | None = None
    worse: bool = False
    problem: str = ""
    why: str = ""  # private: what is wrong with the condition

    @property
    def called(self) -> str:
        """A public description: its name, or the features that it is about."""
        return self.name or f"a slice by {' and '.join(self.features)}"

    def as_dict(self, *, redacted: frozenset[str]) -> dict[str, Any]:
        """Return it as it is stored with the outcome."""
        private = values_of(self.features or redacted, asdict(self), redacted=redacted) or {}
        return asdict(self) | {name: private.get(name) for name in ("condition", "why")}

    @property
    def lost(self) -> str:
        """Public, of one that is worse."""
        return f"by {-(self.gain or 0):.3g} on {counted(self.rows, 'row')}, {self.share:.0%} of all"


@dataclass(frozen=True, kw_only=True)
class Found:
    """The result of the search: the slices that were judged, and what it could have seen."""

    slices: list[JudgedSlice]
    looked_at: int
    rows: int  # that were searched
    visible: dict[str, float]  # share of the rows -> the smallest mean loss that would have been found


def named_slices(
    evidence: Evidence, gains: RowGains, *, minimum_rows: int, alpha: float, harm: float
) -> list[JudgedSlice]:
    """Judge each on all its rows, at an equal part of alpha."""
    judged = []
    for name, text in sorted(evidence.slices.items()):
        try:
            condition = parse(text, evidence.spec.features)
        except ConditionInvalid as error:
            problem = "its condition does not fit the features of the signature"
            judged.append(JudgedSlice(name=name, condition=text, problem=problem, why=str(error)))
            continue
        rows = condition.rows(evidence.judged)
        described = _described(name, condition, rows, gains)
        if rows.sum() < minimum_rows:
            problem = f"it has {counted(int(rows.sum()), 'row')}, and at least {minimum_rows} are needed"
            judged.append(replace(described, condition=text, problem=problem))
            continue
        of_one = alpha / len(evidence.slices)
        judged.append(replace(_judged(described, rows, gains, alpha=of_one, harm=harm), condition=text))
    return judged


def _described(name: str, condition: Condition, rows: np.ndarray, gains: RowGains) -> JudgedSlice:
    on = gains.on(rows)
    return JudgedSlice(
        name=name,
        condition=str(condition),
        features=tuple(sorted(condition.features)),
        share=float(rows.mean()) if len(rows) else 0.0,
        rows=int(rows.sum()),
        **(asdict(on) if on else {}),
    )


def _judged(
    described: JudgedSlice, rows: np.ndarray, gains: RowGains, *, alpha: float, harm: float
) -> JudgedSlice:
    """Worse if the whole interval of what these rows gain shows a loss of more than `harm`."""
    try:
        interval = gains.interval(rows, alpha=alpha)
    except MetricUndefined as error:
        return replace(described, problem=str(error))
    return replace(described, low=interval.low, high=interval.high, worse=interval.high < -harm)


def search_slices(
    search: Search,
    evidence: Evidence,
    gains: RowGains,
    *,
    alpha: float,
    harm: float,
    max_rows: int,
    seed: int,
) -> Found | None:
    """Look for slices that lose more than `harm` in one half, and judge the worst on the other; both ways.

    None if no slice has enough rows. Figures of a slice are of all its rows, its interval of the other half.
    """
    chance, frame = np.random.default_rng(seed), evidence.judged
    first = gains.half(chance)
    found: dict[str, JudgedSlice] = {}
    looked_at = rows = 0
    for half in (first, ~first):
        looked = np.flatnonzero(half)
        if len(looked) > max_rows:
            looked = np.sort(chance.choice(looked, max_rows, replace=False))
        smallest = math.ceil(search.minimum_rows * len(looked) / len(frame))
        losses = -gains.gains[looked] - harm
        subsets = replace(search, minimum_rows=smallest).subsets(
            frame.iloc[looked], evidence.spec.features, losses
        )
        looked_at, rows = looked_at + len(subsets), rows + len(looked)
        suspects = _unlike(subsets)
        for subset in suspects:
            all_rows = subset.condition.rows(frame)
            described = _described("", subset.condition, all_rows, gains)
            judged = _judged(described, all_rows & ~half, gains, alpha=alpha / 2 / len(suspects), harm=harm)
            known = found.get(judged.condition)
            if known is None or judged.worse:
                found[judged.condition] = judged
    if not looked_at:
        return None
    slices = sorted(found.values(), key=lambda one: (not one.worse, one.gain or 0.0))
    visible = {str(share): _visible(gains, share, alpha, harm) for share in VISIBLE}
    return Found(slices=slices, looked_at=looked_at, rows=rows, visible=visible)


def _unlike(subsets: list[Subset]) -> list[Subset]:
    """Return the worst that lose more than the least harm, without those that are nearly the same rows."""
    chosen: list[Subset] = []
    for subset in subsets:
        if subset.score <= 0 or len(chosen) == CONFIRMED:
            break
        if all(
            (subset.rows & one.rows).sum() <= MOST_SHARED * (subset.rows | one.rows).sum() for one in chosen
        ):
            chosen.append(subset)
    return chosen


def _visible(gains: RowGains, share: float, alpha: float, harm: float) -> float:
    """Return the loss that a slice of a share of the rows would show in the other half, at a power of 0.8.

    δ = harm + (z of alpha / 6 + 0.84) · se · √(2 / share), with se that of the mean of all rows' gains.
    """
    sums = unit_sums(gains.gains - gains.gains.mean(), gains.groups)
    error = math.sqrt(float(sums @ sums)) / len(gains.gains)
    z = float(stats.norm.isf(alpha / 2 / CONFIRMED) + stats.norm.ppf(POWER))
    return harm + z * error * math.sqrt(2 / share)
