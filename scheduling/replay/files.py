"""The files that a decision rests on: whether each still exists, and is the one that the run used."""

from __future__ import annotations

from collections.abc import Iterator

from predictions.models import Dataset
from predictions.registry import artefacts
from scheduling.evidence.provenance import Provenance
from scheduling.models import Run


class NotReplayable(Exception):
    """A run that cannot be judged again; the message says why, and what can be done."""


def refuse_what_changed(run: Run, kept: Provenance, training: Dataset, reference: Dataset | None) -> None:
    """Raise `NotReplayable` with every file that is missing, changed, or not the run's."""
    assert run.candidate is not None
    if run.candidate.retired_at:
        raise NotReplayable(
            f"The files of {run.candidate} were pruned at {run.candidate.retired_at:%Y-%m-%d %H:%M} UTC. "
            "Files of versions that were never live are kept for FILE_RETENTION_DAYS."
        )
    problems = [said for file in _files(run, kept, training, reference) if (said := _problem(*file))]
    if problems:
        raise NotReplayable(
            f"{'; '.join(problems)}. Restore media/ and the database from a backup of that time."
        )


def _files(
    run: Run, kept: Provenance, training: Dataset, reference: Dataset | None
) -> Iterator[tuple[str, str, str, str | None]]:
    """Yield what each file is, its path, the hash in its row, and the hash that the run recorded."""
    candidate, champion, evaluation = run.candidate, run.champion, run.evaluation_dataset
    assert candidate is not None
    assert evaluation is not None
    yield "the candidate", candidate.artefact, candidate.artefact_sha256, kept.artefact_sha256
    for what, version, recorded in (
        ("its served form", candidate, kept.served_form_sha256),
        ("the champion's served form", champion, kept.champion_served_form_sha256),
    ):
        if version:
            yield what, version.served_form, version.served_form_sha256, recorded
    for what, dataset, recorded in (
        ("the evaluation set", evaluation, kept.evaluation_sha256),
        ("the training set", training, kept.training_sha256),
        ("the reference set", reference, kept.reference_sha256),
    ):
        if dataset:
            yield what, dataset.file, dataset.sha256, recorded
    evidence = getattr(run, "evidence_file", None)
    if evidence and evidence.file:
        yield "the evidence file", evidence.file, evidence.sha256, None


def _problem(what: str, path: str, sha256: str, recorded: str | None) -> str:
    if recorded and recorded != sha256:
        return (
            f"{what} is not the run's: its row has sha256 {sha256[:12]}…, the run recorded {recorded[:12]}…"
        )
    try:
        artefacts.read(path, sha256=sha256)
    except (artefacts.ArtefactMissing, artefacts.ArtefactCorrupt) as error:
        return f"{what}: {error}"
    return ""
