"""Whether the candidate is worse on a part of the rows, however good it is overall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from scheduling.checks.base import Check
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Level, Outcome
from scheduling.statistics.metrics.scored import MetricUndefined

if TYPE_CHECKING:
    from scheduling.slices.worse_slices import Found, JudgedSlice


@dataclass(frozen=True, kw_only=True)
class Slices(Check):
    """Named slices by exact McNemar (labels) or t (losses); a search for the worst by max-T sign flips.

    `alpha` is one-sided and for the whole check: where slices are named, they and the search have half
    each. `seed` is that of the sign flips, and of the rows where there are more than `max_rows`.
    """

    id = "slices"
    alpha: Annotated[float, Meta(gt=0, lt=0.5)] = 0.05
    minimum_rows: Annotated[int, Meta(ge=10)] = 50
    max_slices: Annotated[int, Meta(ge=1, le=2000)] = 300
    depth: Annotated[int, Meta(ge=1, le=3)] = 2
    flips: Annotated[int, Meta(ge=199, le=9999)] = 999
    max_rows: Annotated[int, Meta(ge=1000, le=200_000)] = 50_000
    seed: Annotated[int, Meta(ge=0)] = 0

    def run(self, evidence: Evidence) -> Outcome:
        from scheduling.slices.gains_by_row import row_gains
        from scheduling.slices.search import Search
        from scheduling.slices.worse_slices import named_slices, search_slices

        rows, level, why = {"rows": len(evidence.judged)}, Level.NOT_APPLICABLE, ""
        if evidence.champion is None:
            why = "This is the first version: there is no champion to compare with."
        elif evidence.champion.pk == evidence.candidate.pk:
            why = "This version is live already."
        else:
            try:
                gains = row_gains(evidence)
            except MetricUndefined as error:
                level, why = Level.WARN, f"The two versions cannot be compared row by row: {error}."
        if why:
            return Outcome(level=level, message=why, measured=rows)
        named = named_slices(evidence, gains, minimum_rows=self.minimum_rows, alpha=self.alpha / 2)
        tested = sum(one.p is not None for one in named)
        search = Search(minimum_rows=self.minimum_rows, most=self.max_slices, depth=self.depth)
        limits: Any = {"flips": self.flips, "max_rows": self.max_rows, "seed": self.seed}
        found = search_slices(search, evidence, gains, alpha=self.alpha / (2 if tested else 1), **limits)
        searched = found.slices if found else []
        worse = [one for one in [*named, *searched] if one.worse]
        missed = found is None or any(one.problem for one in named)
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
                "worst": worst and {key: getattr(worst, key) for key in ("features", "share", "gain", "p")},
                "visible_loss": found.visible if found else {},
            },
            details={
                "named": [one.as_dict(redacted=evidence.redacted) for one in named],
                "found": [one.as_dict(redacted=evidence.redacted) for one in searched],
            },
        )


def _message(named: list[JudgedSlice], found: Found | None, worse: list[JudgedSlice]) -> str:
    """Tell what is worse, how many slices were compared, and which were not."""
    tested = sum(one.p is not None for one in named)
    if worse:
        count = "1 slice" if len(worse) == 1 else f"{len(worse)} slices"
        said = f"The candidate is worse on {count}: {'; '.join(map(str, worse[:3]))}."
    elif found is not None:
        said = f"The candidate is not worse on any of {found.looked_at + tested} slices."
    else:
        said = f"There are too few rows to search for {'other ' if tested else ''}slices."
    parts = [f"The slice {one.called} was not compared: {one.problem}." for one in named if one.problem]
    return " ".join([said, *parts])


def _statistics(found: Found) -> str:
    """Tell what could have been seen in the smallest slice, and in one of nearly all rows."""
    seen = [f"{loss:.2g} in a slice of {size} {found.unit}" for size, loss in found.visible.items()]
    shown = " or ".join(seen[:1] + seen[1:][-1:])
    return f"A mean loss of about {shown} would have been found (with a power of 80 %)." if shown else ""
