"""What prune removes, and what it never does: pure questions about rows and files, and the removal.

Never removed: the last runs of each task and the last versions of a model, whatever a promotion refers to,
and the run that made it or rolled it back; runs that a person refused, or is asked about. What somebody
decided keeps its evidence for ever.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.db.models import Exists, OuterRef, ProtectedError, Q, QuerySet

from predictions import database
from predictions.conf import config
from predictions.models import Feedback, ModelVersion, Prediction, Promotion, RegisteredModel, RequestCount
from predictions.models.base import A_DAY
from predictions.models.rate_window import forget_before
from predictions.registry import artefacts
from scheduling.evidence_page.page import FOLDER as EVIDENCE
from scheduling.models import (
    ApprovalAnswer,
    ApprovalRequest,
    BackTest,
    CheckResult,
    EvidenceFile,
    Notice,
    Run,
    Simulation,
    SourceTrial,
    TrainingOutput,
    Trial,
    Watch,
)
from scheduling.models.schedule import TaskName

KEEP_LAST = 50
BATCH = 200  # 1,600 rows with their outcomes: some 0.2 s of SQLite's write lock
PREDICTIONS = 2000  # deleted at a time
A_PERSONS = (Run.Decision.AWAITING_APPROVAL, Run.Decision.REFUSED)  # to decide, or decided
GRACE = timedelta(hours=1)  # a file is stored before the row that names it


@dataclass(frozen=True, kw_only=True)
class Pruned:
    """How much was removed."""

    predictions: int
    runs: int
    retired: int
    versions: int
    files: int
    bytes: int


def prune(registered_model: RegisteredModel, *, now: datetime) -> Pruned:
    """Remove what is old, in batches: each is a short transaction, so that nothing waits for it.

    1. Logged predictions, counts of requests as old, and callers counted for rate limits. 2. Runs and their
    results, and what was told as long ago. 3. Versions that were never live are retired. 4. Rows of retired
    versions that no run, prediction or count refers to any more. 5. Files that no row needs.
    """
    logged_before = now - timedelta(days=config.PREDICTION_RETENTION_DAYS)
    counts = RequestCount.objects.filter(model_version__signature__registered_model=registered_model)
    old = counts.filter(block__lt=logged_before).order_by().values_list("pk", flat=True)
    while batch := list(old[:PREDICTIONS]):
        RequestCount.objects.filter(pk__in=batch).delete()
    done = {
        "predictions": _delete_predictions(registered_model, logged_before),
        "runs": _delete_runs(registered_model, now - timedelta(days=config.RUN_RETENTION_DAYS)),
        "retired": _retire(registered_model, now),
        "versions": _delete_versions(registered_model),
    }
    forget_notices(registered_model, before=now - timedelta(days=config.RUN_RETENTION_DAYS))
    forget_before(int((now - 2 * A_DAY).timestamp()))
    files = _unneeded_files(registered_model, now)
    for path in files:
        artefacts.remove(path)
    return Pruned(**done, files=len(files), bytes=sum(files.values()))


def dated_ahead(model: RegisteredModel, *, now: datetime) -> int:
    """Return how many predictions, runs and versions of a model are kept because they are from the future."""
    # To remove is final, and the clock that is wrong may be ours.
    latest = now + A_DAY
    predictions = Prediction.objects.filter(registered_model=model).since(latest).count()
    runs = Run.objects.filter(registered_model=model, finished_at__gt=latest).count()
    return predictions + runs + ModelVersion.objects.of(model).filter(created_at__gt=latest).count()


def forget_notices(model: RegisteredModel, *, before: datetime) -> None:
    """Delete what was told before, with its messages: each has ended, since sending gives up after a day."""
    old = Notice.objects.filter(Q(registered_model=model) | Q(registered_model=None), at__lt=before)
    for batch in _batches(old):
        Notice.objects.filter(pk__in=batch).delete()


def _delete_predictions(model: RegisteredModel, before: datetime) -> int:
    """Delete from the oldest on, labels first: each batch is one range of the index."""
    old = Prediction.objects.filter(registered_model=model).before(before).order_by("pk")
    deleted = 0
    while batch := list(old.values_list("pk", flat=True)[:PREDICTIONS]):
        rows = old.order_by().filter(pk__lte=batch[-1])
        try:
            with database.atomic():
                Feedback.objects.filter(prediction__in=rows).delete()
                deleted += rows.delete()[0]
        except IntegrityError:
            continue  # a label came in between: it goes with the next try
    return deleted


def _delete_runs(model: RegisteredModel, before: datetime) -> int:
    rows = Run.objects.filter(registered_model=model)
    ids = rows.values_list("pk", flat=True)
    # Of each task: runs of a quick one must not push out those of a slow one.
    newest = [pk for task in TaskName for pk in ids.filter(task=task)[:KEEP_LAST]]
    old = rows.filter(promotion=None, finished_at__lt=before).exclude(pk__in=newest)
    old = old.exclude(decision__in=A_PERSONS)
    old = old.filter(~Exists(Watch.objects.filter(run=OuterRef("pk"))))
    deleted = 0
    for batch in _batches(old):
        with database.atomic():
            CheckResult.objects.filter(run__in=batch).delete()
            EvidenceFile.objects.filter(run__in=batch).delete()
            Simulation.objects.filter(run__in=batch).delete()
            BackTest.objects.filter(run__in=batch).delete()
            SourceTrial.objects.filter(run__in=batch).delete()
            TrainingOutput.objects.filter(run__in=batch).delete()
            Trial.objects.filter(run__in=batch).delete()
            ApprovalAnswer.objects.filter(request__run__in=batch).delete()
            ApprovalRequest.objects.filter(run__in=batch).delete()
            Run.objects.filter(pk__in=batch).delete()
        deleted += len(batch)
    return deleted


def _batches(rows: QuerySet[Any]) -> Iterator[list[int]]:
    """The ids of rows, oldest first, each batch found from where the last one ended."""
    after = 0
    while batch := list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield batch
        after = batch[-1]


def never_live(model: RegisteredModel) -> QuerySet[ModelVersion]:
    """The versions of this model that no row of the ledger refers to."""
    live = Promotion.objects.filter(version=OuterRef("pk"))
    replaced = Promotion.objects.filter(replaced_version=OuterRef("pk"))
    versions = ModelVersion.objects.filter(signature__in=model.signatures.all())
    return versions.filter(~Exists(live), ~Exists(replaced))


def _retire(model: RegisteredModel, now: datetime) -> int:
    versions = never_live(model).filter(retired_at=None)
    kept = list(versions.order_by("-pk").values_list("pk", flat=True)[:KEEP_LAST])
    busy = (Run.objects.unfinished() | Run.objects.awaiting()).filter(candidate__isnull=False)
    old = versions.filter(created_at__lt=now - timedelta(days=config.FILE_RETENTION_DAYS))
    old = old.exclude(pk__in=kept).exclude(pk__in=busy.values("candidate"))
    return sum(old.filter(pk__in=batch).update(retired_at=now) for batch in _batches(old))


def _delete_versions(model: RegisteredModel) -> int:
    """The newest version stays whatever it is: its number is where the next one counts from."""
    newest = ModelVersion.objects.of(model).order_by("-pk").values_list("pk", flat=True).first()
    judged = Run.objects.filter(candidate=OuterRef("pk"))
    compared = Run.objects.filter(champion=OuterRef("pk"))
    logged = Prediction.objects.filter(model_version=OuterRef("pk"))
    counted = RequestCount.objects.filter(model_version=OuterRef("pk"))
    unused = never_live(model).filter(
        ~Exists(judged), ~Exists(compared), ~Exists(logged), ~Exists(counted), retired_at__isnull=False
    )
    deleted = 0
    for batch in _batches(unused.exclude(pk=newest or 0)):
        with suppress(IntegrityError, ProtectedError), database.atomic():
            deleted += ModelVersion.objects.filter(pk__in=batch).delete()[0]
        # Where a late prediction of one came in meanwhile, the next prune finds them again.
    return deleted


def _unneeded_files(model: RegisteredModel, now: datetime) -> dict[str, int]:
    """Bytes of each file of this model that no row needs and that is not just being written."""
    needed = ModelVersion.objects.of(model).filter(retired_at=None)
    paths = {path for row in needed.values_list("artefact", "served_form") for path in row}
    paths |= set(model.datasets.values_list("file", flat=True))
    paths |= set(EvidenceFile.objects.filter(run__registered_model=model).values_list("file", flat=True))
    return {
        path: status.st_size
        for folder in (f"models/{model.name}", f"datasets/{model.name}", f"{EVIDENCE}/{model.name}")
        for path, status in artefacts.stored_in(folder)
        if path not in paths and abs(now.timestamp() - status.st_mtime) > GRACE.total_seconds()
    }
