"""What the checks of drift share: their limits, four states, and the answer about one column."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from predictions.contract.signature import SignatureSpec
from scheduling.checks.base import Check, RestsOn
from scheduling.evidence.outcomes import Level, Outcome
from scheduling.evidence.samples import Sample

if TYPE_CHECKING:
    import pandas as pd

    from scheduling.statistics.drift import Shift


Share = Annotated[float, Meta(gt=0, lt=1)]
Rows = Annotated[int, Meta(ge=1, le=200_000)]


class State(StrEnum):
    """What is known of one column."""

    DRIFT = "drift"
    POSSIBLE = "possible drift"
    TOO_FEW = "too few rows"  # only a larger change could show
    NONE = "no drift"


@dataclass(frozen=True, kw_only=True)
class Drift(Check):
    """A test *and* an effect: many rows find any difference significant, few find large ones by chance."""

    rests_on = RestsOn.LOG
    blocks = False  # newer data differ: the champion that would stay suffers from that at least as much
    no_more_than = {"possible_distance": "drift_distance"}
    alpha: Share = 0.05
    drift_distance: Share = 0.10
    possible_distance: Share = 0.05
    visible_distance: Share = 0.20
    least_logged_rows: Rows = 500  # with fewer, a dataset tells more
    most_logged_rows: Rows = 20_000  # of the model, the newest

    def is_enough(self, logged: Sample) -> bool:
        """Whether the log, without repeats, tells more than a dataset."""
        return len(logged.frame) >= self.least_logged_rows and len(logged.frame.columns) > 0

    def why_not(self, logged: Sample) -> str:
        """Tell why the log was not used, where that is because of repeats."""
        if self.is_enough(logged) or (logged.asked or 0) < self.least_logged_rows:
            return ""
        return f" The {logged.described} was not used: at least {self.least_logged_rows} rows are needed."

    def state(self, shift: Shift, *, significant: bool) -> State:
        if significant and shift.distance >= self.drift_distance:
            return State.DRIFT
        if significant and shift.distance >= self.possible_distance:
            return State.POSSIBLE
        return State.TOO_FEW if shift.visible > self.visible_distance else State.NONE

    def outcome_of(
        self,
        what: str,
        columns: tuple[pd.Series, pd.Series],
        samples: tuple[Sample, Sample],
        *,
        spec: SignatureSpec,
        remark: str = "",
    ) -> Outcome:
        """Compare `what` in two samples: shares of labels, or the distribution of values."""
        from scheduling.statistics.drift import column_shift

        labels = spec.labels if spec.task == "classification" else None
        groups = samples[0].groups, samples[1].groups
        column = column_shift(*columns, groups=groups, categories=labels)
        part = "share of values" if labels is None else "share of a label"
        shift = column.shift
        state = self.state(shift, significant=shift.p <= self.alpha)
        said = f"{state.capitalize()} in the {what}"
        if state is State.TOO_FEW:
            said = f"Too few rows to see a change of the {what} below {shift.visible:.2f}"
        return Outcome(
            level={State.DRIFT: Level.FAIL, State.NONE: Level.PASS}.get(state, Level.WARN),
            message=f"{said}: the {part} changed by {shift.distance:.3f} at most. "
            f"Compared: {between(*samples)}.{remark}",
            statistics=f"p = {shift.p:.2g} (significance level {self.alpha:g}).",
            measured={"distance": shift.distance, "p": shift.p, "visible_distance": shift.visible},
            details={
                "reference": samples[0].size,
                "recent": samples[1].size,
                "distribution": column.distribution,
                "missing": column.missing,
            },
        )


def between(reference: Sample, recent: Sample) -> str:
    """Name what is compared with what."""
    return f"{reference.described} and {recent.described}"
