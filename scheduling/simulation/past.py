"""The past as it is played: labelled rows of each period, and what candidates answer to them, when asked for.

Versions are numbered by the period that made them. A comparison is made by the gate's own check, once for all
policies; its interval depends on none of them.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset, ModelVersion
from scheduling.checks.comparison.absolute_floors import AbsoluteFloors
from scheduling.checks.comparison.champion_comparison import compare
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Outcome
from scheduling.evidence.provenance import Policy
from scheduling.evidence.rehearsed import RehearsalFailed
from scheduling.statistics.comparison.interval import Interval
from scheduling.statistics.metrics.scored import MetricUndefined
from scheduling.statistics.metrics.table import METRICS, require_probabilities

NOBODY = ModelVersion()


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of one period that the signature accepts: features, then the output.

    `groupings` are those of the rows; `problem` says as a clause why no two versions can be compared on them.
    """

    frame: pd.DataFrame
    groupings: Mapping[str, np.ndarray] = field(default_factory=dict)
    problem: str = ""


class NoAnswers(Exception):
    """There is no such version, or it cannot answer these rows. The text is a clause that says why."""


@dataclass(frozen=True, kw_only=True)
class Duel:
    """A candidate against a champion on the rows of one period.

    Values are those of the policy's metric, None where it has none. `interval` is that of the gain; where
    there is none, `problem` says why.
    """

    candidate: float | None = None
    champion: float | None = None
    interval: Interval | None = None
    floors: Outcome | None = None
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Past:
    """Periods in their order. `answers` raises `NoAnswers`; it is called once for a version and its rows."""

    policy: Policy
    spec: SignatureSpec
    periods: int
    rows: Callable[[int], Rows]
    answers: Callable[[int, int], Answers]  # of the version of a period, to the rows of a period
    keep_only: Callable[[set[int]], None] = lambda versions: None  # nobody asks others any more
    has_floors: bool = True  # whether the model asks the check
    alpha: float = 0.05
    _rows: dict[int, Rows] = field(default_factory=dict)
    _answers: dict[int, dict[int, Answers]] = field(default_factory=lambda: defaultdict(dict))  # by period
    _duels: dict[int, dict[tuple[int, int | None], Duel]] = field(default_factory=lambda: defaultdict(dict))

    def require_candidate(self, period: int) -> None:
        """Raise `NoAnswers` where the period has no candidate, or it cannot answer the period's rows."""
        self._said(period, period)

    def duel(self, period: int, candidate: int, champion: int | None) -> Duel:
        """Compare two versions on the rows of a period."""
        known, pair = self._duels[period], (candidate, champion)
        if pair not in known:
            try:
                known[pair] = self._fought(period, candidate, champion)
            except NoAnswers as error:
                known[pair] = Duel(problem=str(error))
        return known[pair]

    def leave(self, period: int, *, live: set[int]) -> None:
        """Forget the rows and answers of a period that is over, and the versions that are live nowhere."""
        for kept in (self._rows, self._answers, self._duels):
            kept.pop(period, None)
        self.keep_only(live)

    def _said(self, version: int, period: int) -> Answers:
        known = self._answers[period]
        if version not in known:
            answers = self.answers(version, period)
            try:
                require_probabilities(METRICS[self.policy.primary_metric], {"candidate": answers})
            except MetricUndefined as error:
                raise NoAnswers(f"The policy's metric has no value: {error}.") from None
            known[version] = answers
        return known[version]

    def _fought(self, period: int, candidate: int, champion: int | None) -> Duel:
        ours = self._said(candidate, period)
        theirs = None if champion is None else self._said(champion, period)
        evidence = self._evidence(period, ours, theirs)
        metric, interval, problem = METRICS[self.policy.primary_metric], None, ""
        values: dict[str, float] = {}
        try:
            values = {who: metric.value(rows, evidence.options) for who, rows in evidence.scored.items()}
            if theirs is not None:
                interval = compare(metric, evidence, self.alpha).interval
        except MetricUndefined as error:
            problem = str(error)
        floors = AbsoluteFloors().run(evidence) if self.has_floors else None
        return Duel(**values, interval=interval, floors=floors, problem=problem)

    def _evidence(self, period: int, ours: Answers, theirs: Answers | None) -> Evidence:
        """Return what the two checks look at; what others would look at is empty."""
        if period not in self._rows:
            self._rows[period] = self.rows(period)
        rows = self._rows[period]
        return Evidence(
            spec=self.spec,
            candidate=NOBODY,
            champion=None,
            evaluation=Dataset(),
            frame=rows.frame,
            expected=ours,
            proof=None,
            served_answers=ours,
            champion_answers=theirs,
            not_comparable=rows.problem,
            drift_samples=None,
            slices={},
            groupings=dict(rows.groupings),
            looks=0,  # each period has rows of its own
            rehearsed=RehearsalFailed("It is not played."),
            training=rows.frame,
            policy=replace(self.policy, relative=False),  # shares are taken where a policy decides
            api_base_url="",
            redacted=frozenset(),
        )
