"""Register the model that somebody uploaded, out of the sandbox, then judge it."""

from predictions.models import Dataset, ModelVersion
from predictions.registry.datasets import Tables
from predictions.registry.registration import register_files
from scheduling.judging.judge import judge
from scheduling.models import Run
from scheduling.runs import quarantine
from scheduling.runs.transitions import note
from scheduling.training.training import current_dataset, newest_signature
from scheduling.uploads import sandbox


def run(run: Run) -> None:
    """Examine the quarantined file, register what came out, judge it by the answers that it gave there.

    Raises `SandboxRefused` or `NotCompilable`.
    """
    content = quarantine.take(run)
    note(run, step="examining the upload in the sandbox")
    tables, signature = Tables(), newest_signature(run.registered_model)
    spec = signature.spec()
    evaluation = current_dataset(run.registered_model, Dataset.Role.EVALUATION)
    examined = sandbox.examine(content, spec=spec, frame=tables.of(evaluation).frame(spec))
    filename = run.parameters["filename"]
    candidate = register_files(
        artefact=content,
        filename=filename,
        compiled=examined.compiled,
        signature=signature,
        name=filename.rsplit(".", 1)[0],
        source=ModelVersion.Source.UPLOADED,
        created_by=run.requested_by,
    )
    tables.of(evaluation).own[candidate.artefact_sha256, spec] = examined.answers
    judge(run, candidate, tables)
