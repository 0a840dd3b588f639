"""What the checks of drift share: their limits, four states, and the answer about one column."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from scheduling.checks.base import Check
from scheduling.evidence.outcomes import Level, Outcome

if TYPE_CHECKING:
    from scheduling.evidence.samples import Sample
    from scheduling.statistics.drift.columns import ColumnShift
    from scheduling.statistics.drift.shift import Shift

Share = Annotated[float, Meta(gt=0, lt=1)]
Rows = Annotated[int, Meta(ge=1, le=200_000)]


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
    least_logged_rows: Rows = 500  # under these another set is the better witness
    most_logged_rows: Rows = 20_000  # of the model, the newest

    def is_enough(self, logged: Sample) -> bool:
        """Whether the log, without repeats, says more than a dataset."""
        return len(logged.frame) >= self.least_logged_rows and len(logged.frame.columns) > 0

    def why_not(self, logged: Sample) -> str:
        """For people: why the log is not compared with, where that is because of repeats."""
        if self.is_enough(logged) or (logged.asked or 0) < self.least_logged_rows:
            return ""
        return f"; not {described(logged)}: {self.least_logged_rows} are asked for"

    def state(self, shift: Shift, *, significant: bool) -> State:
        """Judge one column."""
        if significant and shift.distance >= self.drift_distance:
            return State.DRIFT
        if significant and shift.distance >= self.possible_distance:
            return State.POSSIBLE
        return State.TOO_FEW if shift.visible > self.visible_distance else State.NONE

    def outcome_of(
        self, column: ColumnShift, what: str, reference: Sample, recent: Sample, remark: str = ""
    ) -> Outcome:
        """Answer by one column alone."""
        shift = column.shift
        state = self.state(shift, significant=shift.p <= self.alpha)
        seen = f"the largest change of {what} is {shift.distance:.3f}, p = {shift.p:.2g}"
        said = str(state).capitalize()
        if state is State.TOO_FEW:
            said = f"Too few rows to see a change under {shift.visible:.2f}"
        return Outcome(
            level=LEVELS[state],
            message=f"{said}: {seen}; {between(reference, recent)}{remark}",
            measured={"distance": shift.distance, "p": shift.p, "visible_distance": shift.visible},
            limit=self.limits,
            details=sizes(reference, recent)
            | {"distribution": column.distribution, "missing": column.missing},
        )


def between(reference: Sample, recent: Sample) -> str:
    """For people: what is compared with what."""
    return f"{described(reference)} against {described(recent)}"


def described(sample: Sample) -> str:
    """For people: its name and size; of a log also how many rows were left out, as they repeat others."""
    rows = len(sample.frame)
    if sample.asked is None or sample.asked == rows:
        return f"{sample.name} ({rows} rows)"
    return f"{sample.name} ({sample.asked} rows, {rows} without repeats)"


def sizes(reference: Sample, recent: Sample) -> dict[str, Any]:
    """The same, to be kept."""
    return {
        "reference": {"name": reference.name, "rows": len(reference.frame)},
        "recent": {"name": recent.name, "rows": len(recent.frame)}
        | ({} if recent.asked is None else {"asked": recent.asked}),
    }
