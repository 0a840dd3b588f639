"""Judge a version that is registered already: the one a person named, or else the newest."""

from predictions.models import ModelVersion
from scheduling.judging.judge import judge
from scheduling.models import Run


class NothingToValidate(Exception):
    """There is no such version."""


def run(run: Run) -> None:
    """Judge the version in the run's parameters, or the newest one."""
    versions = ModelVersion.objects.of(run.registered_model).select_related("signature__registered_model")
    label = run.parameters.get("version")
    version = (versions.labelled(label) if label else versions).first()
    if version is None:
        which = f"no version {label}" if label else "no version. Train or upload one first"
        raise NothingToValidate(f"{run.registered_model} has {which}.")
    judge(run, version)
