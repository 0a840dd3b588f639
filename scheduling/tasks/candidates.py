"""Candidates: trained, chosen or sent, registered, and judged."""

from collections.abc import Iterator
from contextlib import contextmanager

from predictions.contract.fields import InvalidInput
from predictions.models import Dataset, ModelVersion
from predictions.registry.datasets import Tables
from scheduling.evidence_page.page import PREVIEWED
from scheduling.models import Run
from scheduling.models.run import FITTING
from scheduling.runs import quarantine
from scheduling.runs.transitions import finish, note
from scheduling.sources.refusals import NothingNew
from scheduling.sources.snapshots import snapshot
from scheduling.training.reporting import report_of
from scheduling.training.training import train_candidate


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
    files, tables = quarantine.take(run), Tables()
    with _telling(run):
        if run.parameters["what"] == "dataset":
            dataset = registering.register_dataset(run, files)
            finish(run, f"Registered {dataset}.")
            return
        version = registering.register_model(run, files, tables)
    if version is None:
        finish(run, f"Registered {run.registered_model} with its data. Next, upload a model or add a recipe.")
    else:
        _judge(run, version, tables)


def _preview(run: Run) -> None:
    """Read the files of a model and keep them for the person who confirms what was inferred."""
    from scheduling.registering import previewing

    files = quarantine.look_into(run)
    with _telling(run):
        inferred = previewing.preview(run.registered_model, files, **run.parameters)
    note(run, notes=inferred["notes"], evidence={PREVIEWED: inferred})
    asked = len(inferred["questions"])
    left = f"Questions to answer: {asked}" if asked else "Next, confirm the columns"
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
