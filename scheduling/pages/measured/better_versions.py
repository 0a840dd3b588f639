"""Whether another version was shown to be better than the live one: by the stored verdicts of the runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scheduling.models import Run
from scheduling.pages.measured.judged import Measured, three_digits
from scheduling.pages.measured.judged_run import JudgedRun, JudgedVersion
from scheduling.statistics.comparison.verdict import Verdict

# A better candidate that was refused, blocked or rolled back is not to be promoted.
MAY_GO_LIVE = {
    Run.Decision.AWAITING_APPROVAL,
    Run.Decision.LAPSED,
    Run.Decision.WOULD_PROMOTE,
    Run.Decision.KEPT,  # while the model was paused
}


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The live version with another one, on the same rows: which is better, if one is."""

    run: int
    live: str
    other: str
    metric: str
    values: tuple[float | None, float | None]  # of the live and the other version
    is_other_better: bool
    was_taken_back: bool = False  # the other was better, went live, and is not live any more
    is_waiting: bool = False  # for an answer of a person

    @property
    def sentence(self) -> str:
        """What was found, and what to do."""
        advice = f"Promote {self.other} on its page, unless you know why not."
        if self.is_waiting:
            advice = "It waits for approval."
        found = f"Version {self.other} is clearly better than {self.live}: {self.figures} on the same rows."
        return f"{found} {advice}"

    @property
    def figures(self) -> str:
        """The metric of the other version and of the live one."""
        ours, theirs = ("–" if value is None else three_digits(value) for value in self.values)
        return f"{self.metric} {theirs} against {ours}"


def compared(live: int, runs: Iterable[JudgedRun], measured: Mapping[int, Measured]) -> Compared | None:
    """Return the newest comparison that shows a better version, else the newest one, if there is any.

    `runs` are the newest first. Of each other version its newest comparison counts.
    """
    found: dict[int, Compared] = {}
    for run in runs:
        other = _other(live, run)
        if other is not None and other.pk not in found and run.pk in measured:
            found[other.pk] = _compared(live, other, run, measured[run.pk])
    better = [one for one in found.values() if one.is_other_better]
    taken_back = [one for one in found.values() if one.was_taken_back]
    return next(iter([*better, *taken_back, *found.values()]), None)


def _other(live: int, run: JudgedRun) -> JudgedVersion | None:
    """The version that a run compared with the live one."""
    both = {run.candidate_id: run.champion, run.champion_id: run.candidate}
    other = both.get(live)
    return other if other is not None and other.pk != live else None


def _compared(live: int, other: JudgedVersion, run: JudgedRun, measured: Measured) -> Compared:
    assert run.candidate is not None
    assert run.champion is not None
    is_candidate = run.candidate_id == live
    other_won = measured.verdict == (Verdict.WORSE if is_candidate else Verdict.BETTER)
    is_better = other_won and (is_candidate or run.decision in MAY_GO_LIVE)
    who, whose = ("candidate", "champion") if is_candidate else ("champion", "candidate")
    return Compared(
        run=run.pk, live=getattr(run, who).label, other=other.label, metric=measured.metric,
        values=(measured.values[who], measured.values[whose]),
        is_other_better=is_better and other.retired_at is None,
        was_taken_back=other_won and not is_candidate and run.decision == Run.Decision.PROMOTED,
        is_waiting=run.decision == Run.Decision.AWAITING_APPROVAL,
    )  # fmt: skip
