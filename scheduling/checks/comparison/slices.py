"""Whether the candidate is worse on a part of the rows, however good it is overall."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from scheduling.checks.base import Check
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Level, Outcome
from scheduling.statistics.metrics.scored import MetricUndefined

if TYPE_CHECKING:
    from scheduling.slices.gains_by_row import RowGains
    from scheduling.slices.worse_slices import Found, JudgedSlice

PUBLIC = ("features", "share", "gain", "low", "high")


@dataclass(frozen=True, kw_only=True)
class Slices(Check):
    """Slices that people named, on all their rows; and the worst of a search, on rows it has not seen.

    `alpha` is one-sided and for the whole check: where slices are named, they and the search have half
    each. `seed` is that of the halves, and of the rows where there are more than `max_rows` to search.
    """

    id = "slices"
    title = "Is it worse on any part of the data?"
    sets = ("evaluation",)
    alpha: Annotated[float, Meta(gt=0, lt=0.5)] = 0.05
    minimum_rows: Annotated[int, Meta(ge=10)] = 50
    minimum_share: Annotated[float, Meta(ge=0, lt=1)] = 0.02
    least_harm: Annotated[float, Meta(ge=0)] = 0.01
    max_slices: Annotated[int, Meta(ge=1, le=2000)] = 300
    depth: Annotated[int, Meta(ge=1, le=3)] = 2
    max_rows: Annotated[int, Meta(ge=1000, le=200_000)] = 50_000
    seed: Annotated[int, Meta(ge=0)] = 0

    def run(self, evidence: Evidence) -> Outcome:
        from scheduling.slices.search import Search
        from scheduling.slices.worse_slices import named_slices, search_slices

        gains, rows = _gains_or_why_not(evidence), {"rows": len(evidence.judged)}
        if isinstance(gains, Outcome):
            return replace(gains, measured=rows)
        policy, smallest = evidence.policy, self.minimum_rows
        margin = gains.harm(policy.margin, relative=policy.relative)
        named = named_slices(evidence, gains, minimum_rows=smallest, alpha=self.alpha / 2, harm=margin)
        tested = sum(one.high is not None for one in named)
        least = max(margin, gains.harm(self.least_harm, relative=not evidence.spec.labels))
        smallest = max(smallest, math.ceil(self.minimum_share * rows["rows"]))
        search = Search(minimum_rows=smallest, most=self.max_slices, depth=self.depth)
        limits: Any = {"harm": least, "max_rows": self.max_rows, "seed": self.seed}
        found = search_slices(search, evidence, gains, alpha=self.alpha / (2 if tested else 1), **limits)
        searched = found.slices if found else []
        worse = [one for one in [*named, *searched] if one.worse]
        missed = found is None or any(one.problem for one in named)
        missed = missed or bool(searched and all(one.problem for one in searched))
        worst = searched[0] if searched else None
        return Outcome(
            level=Level.FAIL if worse else Level.WARN if missed else Level.PASS,
            message=_message(named, found, worse),
            statistics=_statistics(found) if found else "",
            measured=rows
            | {
                "by": gains.by,
                "named": tested,
                "looked_at": found.looked_at if found else 0,
                "searched_rows": found.rows if found else 0,
                "worse": len(worse),
                "worst": worst and {key: getattr(worst, key) for key in PUBLIC},
                "least_harm": least,
                "visible_loss": found.visible if found else {},
            },
            details={
                "named": [one.as_dict(redacted=evidence.redacted) for one in named],
                "found": [one.as_dict(redacted=evidence.redacted) for one in searched],
            },
        )


def _gains_or_why_not(evidence: Evidence) -> RowGains | Outcome:
    from scheduling.slices.gains_by_row import row_gains

    if evidence.champion is None:
        why = "This is the first version: there is no live version to compare with."
    elif evidence.champion.pk == evidence.candidate.pk:
        why = "This version is live already."
    else:
        try:
            return row_gains(evidence)
        except MetricUndefined as error:
            why = f"The two versions cannot be compared row by row: {error}."
            return Outcome(level=Level.WARN, message=why)
    return Outcome(level=Level.NOT_APPLICABLE, message=why)


def _message(named: list[JudgedSlice], found: Found | None, worse: list[JudgedSlice]) -> str:
    """Tell what is worse, how many slices were compared, and which were not."""
    from scheduling.slices.told import told

    tested = sum(one.high is not None for one in named)
    if worse:
        said = told(worse)
    elif found is not None:
        judged = tested + sum(one.high is not None for one in found.slices)
        looked = f"Slices looked at: {found.looked_at + tested}."
        said = f"{looked} None looked worse by enough to matter."
        if judged:
            said = (
                f"{looked} Judged, because they looked worst or were named: {judged}. "
                "None of these is worse by enough to matter."
            )
    else:
        said = f"There are too few rows to search for {'other ' if tested else ''}slices."
    parts = [f"The slice {one.called} was not compared: {one.problem}." for one in named if one.problem]
    unjudged = [one for one in found.slices if one.problem] if found else []
    if unjudged:
        looks = "looks" if len(unjudged) == 1 else "look"
        parts.append(f"{len(unjudged)} more {looks} worse, with too few rows or groups to judge.")
    return " ".join([said, *parts])


def _statistics(found: Found) -> str:
    """Tell what could have been seen in a small slice, and in a large one."""
    seen = [f"{loss:.2g} on {float(share):.0%} of the rows" for share, loss in found.visible.items()]
    return f"A mean loss of about {seen[0]}, or {seen[-1]}, would have been found (with a power of 80 %)."
