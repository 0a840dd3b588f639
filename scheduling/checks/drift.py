"""What the checks of drift share: their limits, four states, and the answer about one column."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from scheduling.checks.base import Check
from scheduling.outcomes import Level, Outcome

if TYPE_CHECKING:
    from scheduling.samples import Sample
    from scheduling.statistics.columns import ColumnShift
    from scheduling.statistics.drift import Shift

Share = Annotated[float, Meta(gt=0, lt=1)]


class State(StrEnum):
    """What is known of one column."""

    DRIFT = "drift"
    POSSIBLE = "possible drift"
    TOO_FEW = "too few rows"  # only a larger change could show
    NONE = "no drift"


LEVELS = {
    State.DRIFT: Level.FAIL,
    State.POSSIBLE: Level.WARN,
    State.TOO_FEW: Level.WARN,
    State.NONE: Level.PASS,
}


@dataclass(frozen=True, kw_only=True)
class Drift(Check):
    """A test *and* an effect: many rows find any difference significant, few find large ones by chance."""

    alpha: Share = 0.05
    drift_distance: Share = 0.10
    possible_distance: Share = 0.05
    visible_distance: Share = 0.20

    def state(self, shift: Shift, *, significant: bool) -> State:
        """Judge one column."""
        if significant and shift.distance >= self.drift_distance:
            return State.DRIFT
        if significant and shift.distance >= self.possible_distance:
            return State.POSSIBLE
        return State.TOO_FEW if shift.visible > self.visible_distance else State.NONE

    def outcome_of(self, column: ColumnShift, what: str, reference: Sample, recent: Sample) -> Outcome:
        """Answer by one column alone."""
        shift = column.shift
        state = self.state(shift, significant=shift.p <= self.alpha)
        seen = f"the largest change of {what} is {shift.distance:.3f}, p = {shift.p:.2g}"
        said = str(state).capitalize()
        if state is State.TOO_FEW:
            said = f"Too few rows to see a change under {shift.visible:.2f}"
        return Outcome(
            level=LEVELS[state],
            message=f"{said}: {seen}; {between(reference, recent)}",
            measured={"distance": shift.distance, "p": shift.p, "visible_distance": shift.visible},
            limit=self.limits,
            details=sizes(reference, recent)
            | {"distribution": column.distribution, "missing": column.missing},
        )


def between(reference: Sample, recent: Sample) -> str:
    """For people: what is compared with what."""
    return f"{reference.name} ({len(reference.frame)} rows) against {recent.name} ({len(recent.frame)} rows)"


def sizes(reference: Sample, recent: Sample) -> dict[str, Any]:
    """The same, to be kept."""
    return {
        "reference": {"name": reference.name, "rows": len(reference.frame)},
        "recent": {"name": recent.name, "rows": len(recent.frame)},
    }
