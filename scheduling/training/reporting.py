"""What a training tells, written to its run."""

from __future__ import annotations

from typing import Any

from predictions.contract.storable import storable
from scheduling.models import Run, TrainingOutput, Trial
from scheduling.models.run import FITTING
from scheduling.runs.transitions import note
from scheduling.search.tried import Tried
from scheduling.training.job import Report

FITTED = "compiling the candidate and proving that it answers alike"
MOST_STEP = 60
MOST_WARNINGS = 20
MOST_METRICS = 1000


def report_of(run: Run) -> Report:
    """Return where the training of this run tells of itself. All of it raises `RunFenced`."""
    notes: list[str] = list(run.notes)
    metrics: list[dict[str, float]] = []

    def progress(share: float, at: str) -> None:
        note(run, step=f"{FITTING}: {share:.0%}{', ' if at else ''}{at}"[:MOST_STEP])

    def warn(text: str) -> None:
        if text not in notes and len(notes) < MOST_WARNINGS:
            notes.append(text)
            note(run, notes=notes)

    def log(measured: list[dict[str, float]]) -> None:
        metrics.extend(measured)
        keep(metrics=metrics[:MOST_METRICS])

    def output(tail: bytes, printed: int) -> None:
        if run.registered_model.redacted_features:  # it may quote what nobody may see
            keep(printed=printed)
            return
        keep(text=tail.decode(errors="replace"), printed=printed)

    def keep(**columns: Any) -> None:
        TrainingOutput.objects.update_or_create(run=run, defaults=storable(columns))

    def trial(tried: Tried, metric: str) -> None:
        keep_trial(run, tried, metric)

    return Report(
        progress=progress,
        fitted=lambda: note(run, step=FITTED),
        warn=warn,
        log=log,
        output=output,
        trial=trial,
    )


def keep_trial(run: Run, tried: Tried, metric: str) -> Trial:
    """Keep what a search tried, or what it tried again on more rows."""
    share, part = tried.proposal.share, tried.proposal.share < 1
    state = Trial.State.FAILED if tried.mean is None else Trial.State.PART if part else Trial.State.COMPLETE
    columns = {
        "parameters": tried.proposal.parameters, "metric": metric, "share": share, "scores": [*tried.scores],
        "mean": tried.mean, "state": state, "seconds": tried.seconds, "error": tried.error,
        "message": "" if run.registered_model.redacted_features else tried.message,
    }  # fmt: skip
    number = tried.proposal.number
    return Trial.objects.update_or_create(run=run, number=number, defaults=storable(columns))[0]
