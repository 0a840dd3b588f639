"""Register the model that somebody uploaded, out of the sandbox, then judge it."""

from predictions.models import Dataset, ModelVersion
from predictions.registry import artefacts
from predictions.registry.datasets import read_frame
from predictions.registry.registration import register_files
from scheduling.judging.judge import judge
from scheduling.models import Run
from scheduling.runs.recording import note
from scheduling.training.training import current_dataset, newest_signature
from scheduling.uploads import sandbox


def run(run: Run) -> None:
    """Examine the quarantined file, register what came out, judge it; the file goes either way.

    Raises `SandboxRefused`.
    """
    quarantined, sha256 = run.parameters["quarantine"], run.parameters["sha256"]
    try:
        note(run, step="examining the upload in the sandbox")
        judge(run, _register(run, artefacts.read(quarantined, sha256=sha256)))
    finally:
        artefacts.remove(quarantined)


def _register(run: Run, content: bytes) -> ModelVersion:
    signature = newest_signature(run.registered_model)
    spec = signature.spec()
    frame = read_frame(current_dataset(run.registered_model, Dataset.Role.EVALUATION), spec)
    filename = run.parameters["filename"]
    return register_files(
        artefact=content,
        filename=filename,
        compiled=sandbox.examine(content, spec=spec, frame=frame).compiled,
        signature=signature,
        name=filename.rsplit(".", 1)[0],
        source=ModelVersion.Source.UPLOADED,
        created_by=run.requested_by,
    )
