"""The tasks: each does the work of a run, and closes it or raises."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.utils import timezone

from predictions.contract.fields import InvalidInput
from predictions.contract.storable import storable
from predictions.models import Dataset, ModelVersion
from predictions.registry.datasets import Tables
from scheduling.approvals.approvals import lapse_outdated
from scheduling.evidence_page.page import PREVIEWED
from scheduling.models import BackTest, DataSource, Run, Simulation, SourceTrial, Watch
from scheduling.models.run import FITTING, READING
from scheduling.models.schedule import TaskName
from scheduling.operations import retention
from scheduling.runs import quarantine
from scheduling.runs.transitions import finish, note
from scheduling.simulation.report.schema import as_stored
from scheduling.sources.refusals import NothingNew, SourceRefused
from scheduling.sources.snapshots import snapshot
from scheduling.sources.trying import tried
from scheduling.training.reporting import report_of
from scheduling.training.training import train_candidate
from scheduling.watch.watches import look

BACK_TESTED = 10  # newest judged runs


class NothingToValidate(Exception):
    """There is no such version."""


def retrain(run: Run) -> None:
    """Train a candidate by the recipe, or refit, on fresh rows of the model's source; register and judge it.

    Raises `SourceRefused` where the rows are not fit to train on. Without new rows the run ends at once.
    """
    try:
        rows = snapshot(run, run.registered_model)
    except NothingNew as nothing:
        finish(run, str(nothing))
        return
    note(run, step=FITTING)
    tables, report = Tables(), report_of(run)
    candidate = train_candidate(run.registered_model, run=run.pk, tables=tables, report=report, **vars(rows))
    _judge(run, candidate, tables, rows.evaluation)


def validate(run: Run) -> None:
    """Judge the version in the run's parameters, or the newest one. Raises `NothingToValidate`."""
    versions = ModelVersion.objects.of(run.registered_model).select_related("signature__registered_model")
    label = run.parameters.get("version")
    version = (versions.labelled(label) if label else versions).first()
    if version is None:
        which = f"no version {label}" if label else "no version. Train or upload one first"
        raise NothingToValidate(f"{run.registered_model} has {which}.")
    _judge(run, version)


def register(run: Run) -> None:
    """Register a model with its data and, if it came with one, its first version; or one dataset."""
    from scheduling.registering import registering

    if run.parameters["what"] == quarantine.PREVIEW:
        _preview(run)
        return
    files = quarantine.take(run)
    with _telling(run):
        if run.parameters["what"] == "dataset":
            dataset = registering.register_dataset(run, files)
            finish(run, f"Registered {dataset}.")
            return
        version = registering.register_model(run, files)
    if version is None:
        finish(run, f"Registered {run.registered_model} with its data. Next, upload a model or add a recipe.")
    else:
        _judge(run, version)


def _preview(run: Run) -> None:
    """Read the files of a model and keep them for the person who confirms what was inferred."""
    from scheduling.registering import previewing

    files = quarantine.look_into(run)
    with _telling(run):
        inferred = previewing.preview(run.registered_model, files, **run.parameters)
    note(run, notes=inferred["notes"], evidence={PREVIEWED: inferred})
    asked = len(inferred["questions"])
    left = f"Questions to answer: {asked}" if asked else "Next, confirm the signature"
    finish(run, f"The files are read. {left}.")


def upload(run: Run) -> None:
    """Register the uploaded version and judge it. Raises `NotPrepared`."""
    from scheduling.registering import registering

    files, tables = quarantine.take(run), Tables()
    with _telling(run):
        candidate = registering.register_version(run, files, tables)
    _judge(run, candidate, tables)


def _judge(
    run: Run, candidate: ModelVersion, tables: Tables | None = None, evaluation: Dataset | None = None
) -> None:
    """Judge it. What this imports takes seconds, and a watch must not wait."""
    from scheduling.judging.judge import judge

    judge(run, candidate, tables, evaluation)


@contextmanager
def _telling(run: Run) -> Iterator[None]:
    """Keep in the run which of the fields that were sent is wrong; then the run fails with that reason."""
    try:
        yield
    except InvalidInput as error:
        note(run, errors=[one.as_dict() for one in error.errors])
        raise


def prune(run: Run) -> None:
    """Prune the run's registered model and say what went; questions past their time lapse first."""
    lapsed = lapse_outdated(run.registered_model)
    now = timezone.now()
    done = retention.prune(run.registered_model, now=now)
    reason = (
        f"Removed {done.predictions} predictions, {done.runs} runs, {done.versions} versions and "
        f"{done.files} files ({done.bytes / 2**20:.1f} MB). Retired {done.retired} versions. "
        f"{lapsed} approvals lapsed."
    )
    if ahead := retention.dated_ahead(run.registered_model, now=now):
        reason += f" {ahead} rows are kept, because a wrong clock dated them in the future."
    finish(run, reason)


def watch(run: Run) -> None:
    """Look again at the watch that this run is for; where it rolls back, that has closed the run."""
    still_open = Watch.objects.open().with_flip().filter(run=run).first()
    said = look(still_open, now=timezone.now(), run=run) if still_open else "The watch has already ended."
    finish(run, said)


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
    counted = f"{'More than ' if result['more'] else ''}{result['count']:,} rows"
    told = f"{counted}, {len(result['columns'])} columns. {' '.join(f'{p}.' for p in result['problems'])}"
    finish(run, told.strip(), keep=SourceTrial(run=run, role=source.role, result=storable(result)))


TASKS: dict[str, Callable[[Run], None]] = {
    TaskName.RETRAIN: retrain,
    TaskName.VALIDATE: validate,
    TaskName.UPLOAD: upload,
    TaskName.REGISTER: register,
    TaskName.PRUNE: prune,
    TaskName.WATCH: watch,
    TaskName.SIMULATE: simulate,
    TaskName.TRY_SOURCE: try_source,
}
