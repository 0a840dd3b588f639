"""Before a replay: the run's files still exist and are unchanged; during it: the database is only read."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from predictions import database
from predictions.conf import setting_name
from predictions.models import Dataset
from predictions.registry import artefacts
from predictions.zone import to_minute
from scheduling.evidence.provenance import Provenance
from scheduling.models import Run


class NotReplayable(Exception):
    """A run that cannot be judged again; the message says why, and what can be done."""


def refuse_what_changed(run: Run, kept: Provenance, training: Dataset, reference: Dataset | None) -> None:
    """Raise `NotReplayable` with every file that is missing, changed, or not the run's."""
    candidate, champion, evaluation = run.candidate, run.champion, run.evaluation_dataset
    evidence = getattr(run, "evidence_file", None)
    assert candidate is not None
    if candidate.retired_at:
        raise NotReplayable(
            f"The files of {candidate} were pruned at {to_minute(candidate.retired_at)}. "
            f"Files of versions that were never live are kept for {setting_name('FILE_RETENTION_DAYS')}."
        )
    # What it is, its row, the column with its path, and the hash that the run recorded.
    files = (
        ("the candidate", candidate, "artefact", kept.artefact_sha256),
        ("its served form", candidate, "served_form", kept.served_form_sha256),
        ("the live version's served form", champion, "served_form", kept.champion_served_form_sha256),
        ("the evaluation set", evaluation, "file", kept.evaluation_sha256),
        ("the training set", training, "file", kept.training_sha256),
        ("the reference set", reference, "file", kept.reference_sha256),
        ("the evidence file", evidence if evidence and evidence.file else None, "file", None),
    )
    if problems := [f"{what}{said}" for what, *file in files if (said := _problem(*file))]:
        remedy = "Restore media/ and the database from a backup of that time."
        raise NotReplayable(f"{'; '.join(problems)}. {remedy}")


def _problem(row: Any, column: str, recorded: str | None) -> str:
    """Say what is wrong with a file; nothing if it is unchanged, or was not used."""
    if row is None:
        return ""
    sha256 = row.sha256 if column == "file" else getattr(row, f"{column}_sha256")
    if recorded and recorded != sha256:
        return f" is not the run's: its row has sha256 {sha256[:12]}…, the run recorded {recorded[:12]}…"
    try:
        artefacts.read(getattr(row, column), sha256=sha256)
    except (artefacts.ArtefactMissing, artefacts.ArtefactCorrupt) as error:
        return f": {error}"
    return ""


class WriteRefused(Exception):
    """A statement that does more than read was sent to the database."""


def read_only() -> AbstractContextManager[None]:
    """Let only `SELECT` reach the database. Raises `WriteRefused` at any other statement."""

    def refuse_writes(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        if not sql.lstrip(" (").upper().startswith("SELECT") or " FOR UPDATE" in sql.upper():
            raise WriteRefused(f"A replay only reads the database, but this statement does more: {sql[:80]}")
        return execute(sql, *arguments)

    return database.connection().execute_wrapper(refuse_writes)
