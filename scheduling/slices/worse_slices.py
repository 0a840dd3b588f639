"""Is the candidate worse on a slice? The slices that people name, and the worst that a search finds."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from scipy import stats

from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import values_of
from scheduling.slices.conditions import Condition, ConditionInvalid, parse
from scheduling.slices.gains_by_row import RowGains, SliceGain
from scheduling.slices.search import Search, Subset
from scheduling.statistics.comparison.interval import freedom
from scheduling.statistics.comparison.pair import p_of_more
from scheduling.statistics.max_t import max_t, visible_loss

SHOWN = 20  # of the slices that were found
SIZES = (50, 100, 200, 500, 1000, 5000)  # for which the smallest visible loss is computed


@dataclass(frozen=True, kw_only=True)
class JudgedSlice:
    """One slice: `p` is one-sided, for being worse; `problem` says why it is not judged."""

    name: str  # empty if the search found it
    condition: str  # private: its edges may be values of rows
    features: tuple[str, ...] = ()  # that it is about; empty if it cannot be read
    share: float = 0.0  # of all rows
    rows: int = 0
    gain: float | None = None  # the mean of its rows, as the next two
    champion: float | None = None
    candidate: float | None = None
    p: float | None = None
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

    def __str__(self) -> str:  # public, of one that is worse
        loss = -(self.gain or 0)
        return f"{self.called} (worse by {loss:.3g} on {self.rows} rows, {self.share:.0%} of all)"


@dataclass(frozen=True, kw_only=True)
class Found:
    """The result of the search: the worst slices first, and what it could have seen."""

    slices: list[JudgedSlice]
    looked_at: int
    unit: str  # rows or groups
    rows: int  # that were searched; fewer than there are if they were sampled
    visible: dict[str, float]  # size of a slice -> the smallest mean loss that would have been found


def named_slices(
    evidence: Evidence, gains: RowGains, *, minimum_rows: int, alpha: float
) -> list[JudgedSlice]:
    """Judge each by exact McNemar, or by t if rows are not just right or wrong; then all by BH."""
    judged = [_named(name, evidence, gains, minimum_rows) for name in sorted(evidence.slices)]
    ps = [one.p for one in judged if one.p is not None]
    worse = iter((stats.false_discovery_control(ps) <= alpha).tolist())
    return [one if one.p is None else replace(one, worse=next(worse)) for one in judged]


def _named(name: str, evidence: Evidence, gains: RowGains, minimum_rows: int) -> JudgedSlice:
    text = evidence.slices[name]
    try:
        condition = parse(text, evidence.spec.features)
    except ConditionInvalid as error:
        problem = "its condition does not fit the features of the signature"
        return JudgedSlice(name=name, condition=text, problem=problem, why=str(error))
    rows = condition.rows(evidence.judged)
    on, units = gains.on(rows), gains.count(rows)
    described = _described(name, text, condition, rows, on)
    if on is not None and units >= minimum_rows:
        return replace(described, p=_p_of_worse(gains, rows, on))
    problem = f"it has too few rows of a label for {gains.by}"
    if units < minimum_rows:
        problem = f"it has {units} {gains.unit}, and at least {minimum_rows} are needed"
    return replace(described, problem=problem)


def _described(name: str, text: str, about: Condition, rows: np.ndarray, on: SliceGain | None) -> JudgedSlice:
    scores: Any = {"gain": on.gain, "champion": on.champion, "candidate": on.candidate} if on else {}
    return JudgedSlice(
        name=name,
        condition=text,
        features=tuple(sorted(about.features)),
        share=float(rows.mean()) if len(rows) else 0.0,
        rows=int(rows.sum()),
        **scores,
    )


def _p_of_worse(gains: RowGains, rows: np.ndarray, on: SliceGain) -> float:
    """McNemar's exact test, or Student's t of the units' mean gain."""
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
    search: Search, evidence: Evidence, gains: RowGains, *, alpha: float, flips: int, max_rows: int, seed: int
) -> Found | None:
    """Look for the worst slice, in a sample of at most `max_rows`; None if no slice has enough rows."""
    chance, frame = np.random.default_rng(seed), evidence.judged
    chosen = np.arange(len(frame))
    if len(frame) > max_rows:
        chosen = np.sort(chance.choice(len(frame), max_rows, replace=False))
    some = gains.only(chosen)
    subsets = search.subsets(frame.iloc[chosen], evidence.spec.features, np.abs(some.gains))
    large = (subset for subset in subsets if some.count(subset.rows) >= search.minimum_rows)
    judged = [(subset, on) for subset in large if (on := some.on(subset.rows))]
    if not judged:
        return None
    tested = max_t(_losses(some, judged), flips=flips, alpha=alpha, chance=chance)
    found = []
    for i in np.argsort(-tested.z, kind="stable")[:SHOWN]:
        condition, p = judged[i][0].condition, float(tested.p[i])
        rows = condition.rows(frame)  # all of them, also where p is that of a sample
        described = _described("", str(condition), condition, rows, gains.on(rows))
        found.append(replace(described, p=p, worse=p <= alpha))
    visible = _visible(gains, tested.critical)
    return Found(slices=found, looked_at=len(judged), unit=gains.unit, rows=len(chosen), visible=visible)


def _losses(gains: RowGains, judged: list[tuple[Subset, SliceGain]]) -> np.ndarray:
    """Return what each unit loses in each slice, (units, slices), without units that differ in none."""
    units = gains.units_of(np.ones(len(gains.gains), dtype=bool))
    differ = np.unique(np.concatenate([units[subset.rows][on.contributions != 0] for subset, on in judged]))
    losses = np.zeros((len(differ), len(judged)))
    for i, (subset, on) in enumerate(judged):
        lost = on.contributions != 0
        places = np.searchsorted(differ, units[subset.rows][lost])
        np.subtract.at(losses[:, i], places, on.contributions[lost])
    return losses


def _visible(gains: RowGains, critical: float) -> dict[str, float]:
    """Return, for slices of several sizes in units, how much a row would have to lose to be found."""
    everything = np.ones(len(gains.gains), dtype=bool)
    units = np.bincount(gains.units_of(everything), weights=gains.gains)
    square = float((units**2).mean()) * (len(units) / len(everything)) ** 2
    sizes = [size for size in SIZES if size <= len(units)]
    return {str(n): visible_loss(n, square, critical=critical, labels=gains.is_right_or_wrong) for n in sizes}
