"""What changes nothing: the past played under other policies, and a look at a data source."""

from predictions.contract.numbers import counted
from predictions.contract.storable import storable
from scheduling.models import BackTest, DataSource, Run, Simulation, SourceTrial
from scheduling.models.run import READING
from scheduling.runs.transitions import finish, note
from scheduling.simulation.report.schema import as_stored
from scheduling.sources.refusals import SourceRefused
from scheduling.sources.trying import tried

BACK_TESTED = 10  # newest judged runs


def simulate(run: Run) -> None:
    """Play the model's past under several gate policies, and keep the report. Nothing else is changed.

    With `changes` among its parameters it judges the last recorded runs again under these.
    """
    if "changes" in run.parameters:
        _back_test(run)
        return
    from scheduling.simulation import simulating
    from scheduling.simulation.registered_past import NothingToPlay, Question

    question = Question(candidates=run.parameters.get("candidates", ""))
    try:
        report = simulating.simulate(run.registered_model, question, tell=lambda step: note(run, step=step))
    except NothingToPlay as error:
        Run.objects.close(run, status=Run.Status.FAILED, reason=f"Nothing was simulated. {error}")
        return
    played = Simulation(run=run, report=as_stored(report))
    finish(run, " ".join(report.advice.sentences), keep=played)


def _back_test(run: Run) -> None:
    from scheduling.simulation.recorded import tables
    from scheduling.simulation.recorded.changes import Changes
    from scheduling.simulation.recorded.rejudging import judged_runs, rejudge

    changes, tested = Changes.from_values(run.parameters["changes"]), []
    past = judged_runs(run.registered_model)[: run.parameters.get("last", BACK_TESTED)]
    for number, one in enumerate(past, 1):
        note(run, step=f"judging run {one.pk} again, {number} of {len(past)}")
        tested.append(rejudge(one, changes))
    finish(run, tables.summary(tested), keep=BackTest(run=run, result=tables.as_values(tested, changes)))


def try_source(run: Run) -> None:
    """Read a few rows of the source in the run's parameters, and keep them with the run only."""
    source = DataSource.objects.of(run.registered_model, run.parameters.get("role", ""))
    try:
        if source is None:
            missing = "has no such data source. Save it first, then try it."
            raise SourceRefused(f"{run.registered_model} {missing}")
        note(run, step=READING)
        result = tried(source)
    except SourceRefused as error:
        Run.objects.close(run, status=Run.Status.FAILED, reason=str(error))
        return
    found = f"{'More than ' if result['more'] else ''}{counted(result['count'], 'row')}"
    told = [f"{found}, {counted(len(result['columns']), 'column')}.", *(f"{p}." for p in result["problems"])]
    finish(run, " ".join(told), keep=SourceTrial(run=run, role=source.role, result=storable(result)))
