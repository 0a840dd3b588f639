"""The files that a decision rests on: whether each is there, and is the one that the run had."""

from __future__ import annotations

from collections.abc import Iterator

from predictions.models import Dataset
from predictions.registry import artefacts
from scheduling.evidence.provenance import Provenance
from scheduling.models import Run

File = tuple[str, str, str, str | None]  # what it is, path, the row's hash, the hash that the run noted


class NotReplayable(Exception):
    """A run that cannot be judged again; the message says why, and what can be done."""


def refuse_what_changed(run: Run, kept: Provenance, training: Dataset, reference: Dataset | None) -> None:
    """Raise `NotReplayable` that names every file that is missing, changed, or another than the run's."""
    assert run.candidate is not None
    if run.candidate.retired_at:
        raise NotReplayable(
            f"The files of {run.candidate} were pruned at {run.candidate.retired_at:%Y-%m-%d %H:%M} UTC. "
            "Those of versions that were never live stay for FILE_RETENTION_DAYS."
        )
    problems = [said for file in _files(run, kept, training, reference) if (said := _problem(file))]
    if problems:
        raise NotReplayable(f"{'; '.join(problems)}. Restore media/ and the database of then from a backup.")


def _files(run: Run, kept: Provenance, training: Dataset, reference: Dataset | None) -> Iterator[File]:
    candidate, champion, evaluation = run.candidate, run.champion, run.evaluation_dataset
    assert candidate is not None
    assert evaluation is not None
    yield "the candidate", candidate.artefact, candidate.artefact_sha256, kept.artefact_sha256
    noted = kept.served_form_sha256
    yield "its served form", candidate.served_form, candidate.served_form_sha256, noted
    if champion is not None:
        noted_too = kept.champion_served_form_sha256
        yield "the champion's served form", champion.served_form, champion.served_form_sha256, noted_too
    yield "the evaluation set", evaluation.file, evaluation.sha256, kept.evaluation_sha256
    yield "the training set", training.file, training.sha256, kept.training_sha256
    if reference is not None:
        yield "the reference set", reference.file, reference.sha256, kept.reference_sha256
    evidence = getattr(run, "evidence_file", None)
    if evidence and evidence.file:
        yield "the evidence file", evidence.file, evidence.sha256, None


def _problem(file: File) -> str:
    """What is wrong with one; empty where nothing is."""
    what, path, sha256, noted = file
    if noted and noted != sha256:
        return f"{what} is not the run's: its row has sha256 {sha256[:12]}…, the run noted {noted[:12]}…"
    try:
        artefacts.read(path, sha256=sha256)
    except (artefacts.ArtefactMissing, artefacts.ArtefactCorrupt) as error:
        return f"{what}: {error}"
    return ""
