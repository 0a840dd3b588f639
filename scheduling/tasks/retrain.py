"""Train a candidate by the recipe, then judge it."""

from predictions.registry.datasets import Tables
from scheduling.judging.judge import judge
from scheduling.models import Run
from scheduling.models.run import FITTING
from scheduling.runs.transitions import note
from scheduling.training.training import train_candidate


def run(run: Run) -> None:
    """Train, compile, register and judge."""
    note(run, step=FITTING)
    tables = Tables()

    def fitted() -> None:
        note(run, step="compiling the candidate and proving that it answers alike")

    candidate = train_candidate(run.registered_model, run=run.pk, tables=tables, fitted=fitted)
    judge(run, candidate, tables)
