"""Whether the candidate is worse on a part of the rows, however it does overall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from scheduling.checks.base import Check
from scheduling.evidence.outcomes import Level, Outcome

if TYPE_CHECKING:
    from scheduling.evidence.evidence import Evidence
    from scheduling.slices.gains_by_row import RowGains
    from scheduling.slices.worse_slices import Found, JudgedSlice


@dataclass(frozen=True, kw_only=True)
class Slices(Check):
    """Named slices by exact McNemar (labels) or t (losses); a search for the worst by max-T sign flips.

    `alpha` is one-sided and for the whole check: where slices are named, they and the search have half
    each. `seed` is that of the flips, and of the rows where there are more than `max_rows`.
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
        """Compare both on every slice."""
        from scheduling.slices.gains_by_row import row_gains
        from scheduling.statistics.metrics.undefined import MetricUndefined

        rows = {"rows": len(evidence.judged)}
        if evidence.champion is None:
            return self._nothing_to_ask("A first version has no champion to be worse than.", rows)
        if evidence.champion.pk == evidence.candidate.pk:
            return self._nothing_to_ask("It is live already.", rows)
        try:
            gains = row_gains(evidence)
        except MetricUndefined as error:
            why = f"The rows cannot be compared: {error}."
            return Outcome(level=Level.WARN, message=why, measured=rows, limit=self.limits)
        named, found = self._judge(evidence, gains)
        return Outcome(
            level=_level(named, found),
            message=_message(named, found),
            measured=rows | {"by": gains.by} | _measured(named, found),
            limit=self.limits,
            details={
                "named": [one.as_dict(redacted=evidence.redacted) for one in named],
                "found": [one.as_dict(redacted=evidence.redacted) for one in found.slices] if found else [],
            },
        )

    def _nothing_to_ask(self, why: str, measured: dict[str, Any]) -> Outcome:
        return Outcome(level=Level.NOT_APPLICABLE, message=why, measured=measured, limit=self.limits)

    def _judge(self, evidence: Evidence, gains: RowGains) -> tuple[list[JudgedSlice], Found | None]:
        from scheduling.slices.search import Search
        from scheduling.slices.worse_slices import named_slices, search_slices

        about: Any = (gains, evidence.judged, evidence.spec.features)
        named = named_slices(evidence.slices, *about, minimum_rows=self.minimum_rows, alpha=self.alpha / 2)
        share = 2 if any(one.p is not None for one in named) else 1
        search = Search(minimum_rows=self.minimum_rows, most=self.max_slices, depth=self.depth)
        found = search_slices(
            search, *about, alpha=self.alpha / share, flips=self.flips, max_rows=self.max_rows, seed=self.seed
        )
        return named, found


def _worse(named: list[JudgedSlice], found: Found | None) -> list[JudgedSlice]:
    return [one for one in [*named, *(found.slices if found else [])] if one.worse]


def _level(named: list[JudgedSlice], found: Found | None) -> Level:
    if _worse(named, found):
        return Level.FAIL
    unasked = any(one.problem for one in named) or found is None
    return Level.WARN if unasked else Level.PASS


def _message(named: list[JudgedSlice], found: Found | None) -> str:
    """For people: what is worse, or how much worse it would have had to be."""
    parts = [f"{one.called}: {one.problem}" for one in named if one.problem]
    if worse := _worse(named, found):
        return "; ".join(["Worse on a slice: " + "; ".join(map(str, worse[:3])), *parts])
    asked = sum(one.p is not None for one in named)
    if found is None:
        few = "too few rows for any slice" if not asked else "no other slice has enough rows"
        return "; ".join([few.capitalize() if not parts else few, *parts])
    return "; ".join([f"Not worse on any slice, of {found.looked_at + asked}{_visible(found)}", *parts])


def _visible(found: Found) -> str:
    """What could have been seen in the smallest slice, and in one of nearly all rows."""
    seen = [f"one of {size} {found.unit} by {loss:.2g}" for size, loss in found.visible.items()]
    shown = " and ".join(seen[:1] + seen[1:][-1:])
    return f"; what would have been seen worse: {shown}" if shown else ""


def _measured(named: list[JudgedSlice], found: Found | None) -> dict[str, Any]:
    worst = found.slices[0] if found else None
    told = ("features", "share", "gain", "p")
    return {
        "named": sum(one.p is not None for one in named),
        "looked_at": found.looked_at if found else 0,
        "searched_rows": found.rows if found else 0,
        "worse": len(_worse(named, found)),
        "worst": worst and {name: getattr(worst, name) for name in told},
        "visible_loss": found.visible if found else {},
    }
