"""Whether the comparison speaks of the traffic: evaluation rows against the requests of the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from scheduling.checks.drift.base import State
from scheduling.checks.drift.feature_drift import FeatureDrift, JudgedColumn
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Level, Outcome
from scheduling.evidence.samples import Sample
from scheduling.statistics.comparison.verdict import Verdict
from scheduling.statistics.metrics.scored import MetricUndefined

if TYPE_CHECKING:
    from scheduling.slices.reweighted import Unlike


@dataclass(frozen=True, kw_only=True)
class Representative(FeatureDrift):
    """The evaluation set against the newest requests; where they differ, the gain is weighed by the requests.

    It stops a promotion only where the reweighted rows do not support it: the answer is then that nobody can
    tell, for the rows that were compared are not those that are asked.
    """

    id = "representative"
    title = "Do the evaluation rows look like real requests?"
    sets = ("evaluation",)
    blocks = True
    trusts_callers = True
    significance: Annotated[float, Meta(gt=0, lt=0.5)] = 0.05

    def run(self, evidence: Evidence) -> Outcome:
        champion, requests = evidence.champion, evidence.samples.logged(self.most_logged_rows)
        why = ""
        if champion is None or champion.pk == evidence.candidate.pk:
            why = "There is no live version to compare with."
        elif not self.is_enough(requests):
            why = f"Fewer than {self.least_logged_rows} different requests are logged."
        elif evidence.not_comparable:
            why = f"The two versions cannot be compared: {evidence.not_comparable}."
        measured: dict[str, Any] = {"requests": len(requests.frame)}
        if why:
            return Outcome(level=Level.NOT_APPLICABLE, message=why, measured=measured)
        columns = self.columns(evidence, evidence.samples.evaluation, requests)
        drifted = [column for column in columns if column.state is State.DRIFT]
        importance = sum(column.importance for column in drifted)
        measured |= {"drifted_importance": importance, "unlike": len(drifted)}
        if importance < self.drifted_importance:
            like = f"The evaluation set looks like the requests of the {requests.described}."
            return Outcome(level=Level.PASS, message=like, measured=measured)
        return self._reweighted(evidence, requests, drifted, measured)

    def _reweighted(
        self, evidence: Evidence, requests: Sample, drifted: list[JudgedColumn], measured: dict[str, Any]
    ) -> Outcome:
        """Weigh the gain of each evaluation row by how much more often its like is asked."""
        from scheduling.slices.reweighted import (
            UNSEEN,
            columns_of,
            most_unlike,
            most_unseen,
            reweighted_gain,
        )

        names = [column.name for column in drifted]
        columns = list(columns_of(evidence, requests.frame, names))
        unseen, feature = most_unseen(columns)
        if unseen > UNSEEN:
            said = f"At least {unseen:.0%} of the requests have a value of {feature} like no evaluation row."
            unlike = most_unlike(evidence, requests.frame, [feature])
            return self._cannot_tell(evidence, said, unlike, measured | {"unseen": unseen})
        unlike = most_unlike(evidence, requests.frame, names)
        try:
            gain = reweighted_gain(evidence, columns, alpha=self.significance)
        except MetricUndefined as error:
            said = f"{unlike}. They cannot stand for the requests: {error}."
            return self._cannot_tell(evidence, said, unlike, measured)
        low, high, threshold = gain.interval.low, gain.interval.high, gain.threshold
        measured |= {"gain": {"low": low, "high": high}, "worth": gain.worth, "threshold": threshold}
        shows = "show" if gain.accepted else "do not show"
        said = (
            f"{unlike}. Counted as often as their like is asked, the evaluation rows {shows} what the policy "
            "asks of a candidate."
        )
        statistics = (
            f"So weighted, {gain.by} gains between {low:.2g} and {high:.2g} (significance level "
            f"{self.significance:g} at each end); the policy asks for {threshold:.2g}."
        )
        if not gain.accepted:
            return self._cannot_tell(evidence, said, unlike, measured, statistics)
        return Outcome(
            level=Level.WARN, message=said, statistics=statistics, measured=measured,
            details=unlike.private(evidence),
        )  # fmt: skip

    def _cannot_tell(
        self, evidence: Evidence, said: str, unlike: Unlike, measured: dict[str, Any], statistics: str = ""
    ) -> Outcome:
        return Outcome(
            level=Level.FAIL,
            verdict=Verdict.NOT_REPRESENTATIVE,
            message=f"{said} Add labelled rows like these requests to the evaluation set.",
            statistics=statistics,
            measured=measured,
            details=unlike.private(evidence) | {"verdict": str(Verdict.NOT_REPRESENTATIVE)},
        )
