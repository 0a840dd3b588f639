"""Play the model's past under several gate policies, and keep the report. Nothing is promoted or changed."""

from django.db import transaction

from scheduling.models import Run, Simulation
from scheduling.runs.transitions import RunFenced, lock, note
from scheduling.simulation.registered_past import NothingToPlay, Question
from scheduling.simulation.report.schema import as_stored
from scheduling.simulation.simulating import simulate


def run(run: Run) -> None:
    """Simulate, then store the report and end the run in one transaction. Raises `RunFenced`."""
    question = Question(candidates=run.parameters.get("candidates", ""))
    try:
        report = simulate(run.registered_model, question, tell=lambda step: note(run, step=step))
    except NothingToPlay as error:
        Run.objects.close(run, status=Run.Status.FAILED, reason=f"Nothing was simulated. {error}")
        return
    with transaction.atomic():
        lock(run)
        Simulation.objects.create(run=run, report=as_stored(report))
        if not Run.objects.close(run, status=Run.Status.FINISHED, reason=" ".join(report.advice.sentences)):
            raise RunFenced(f"{run} does not belong to this process any more.")
