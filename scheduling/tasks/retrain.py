"""Train a candidate by the recipe, then judge it."""

from predictions.registry.datasets import Tables
from scheduling.judging.judge import judge
from scheduling.models import Run
from scheduling.runs.transitions import note
from scheduling.training.training import train_candidate


def run(run: Run) -> None:
    """Train, compile, register and judge."""
    note(run, step="training and compiling a candidate")
    tables = Tables()
    judge(run, train_candidate(run.registered_model, run=run.pk, tables=tables), tables)
