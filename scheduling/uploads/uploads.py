"""`POST /update_model`: quarantine the bytes, queue a run, wait for its verdict up to a limit.

The web tier looks at the first bytes only; what is inside is opened by the scheduler's sandbox.
"""

from __future__ import annotations

import base64
import binascii
import threading
import time
import uuid

from django.conf import settings
from rest_framework.exceptions import Throttled

from predictions.contract.field_errors import FieldError, InvalidInput
from predictions.models import ModelVersion, RegisteredModel, Worker
from predictions.registry import artefacts
from scheduling.models import Run
from scheduling.models.schedule import TaskName

POLL_SECONDS = 0.2
SWAP_SECONDS = 2.0
ZIP = b"PK\x03\x04"
CONVERT = (
    "A pickle can run code when it is opened, so it is not. Save the model with skops instead: "
    "skops.io.dump(model, 'model.skops')"
)
_waiting = threading.Lock()


class AlreadyWaiting(Throttled):
    """This worker waits for another upload: one more would leave no thread for predictions."""

    default_detail = "Another upload is being judged: try again when it is done."


def decode(model_object: str) -> bytes:
    """Return the bytes of a skops file from base64. Raises `InvalidInput`."""
    try:
        content = base64.b64decode(model_object, validate=True)
    except (binascii.Error, ValueError):
        raise _refused("Input should be base64") from None
    if not content.startswith(ZIP):
        raise _refused(f"Not a skops file. {CONVERT}")
    return content


def _refused(message: str) -> InvalidInput:
    return InvalidInput([FieldError(field="modelObject", message=message)])


def judge_upload(
    registered_model: RegisteredModel, *, filename: str, content: bytes, requested_by: str
) -> Run:
    """Return the run of this upload, ended: finished, failed, or cancelled at the limit.

    Raises `AlreadyWaiting`.
    """
    if not _waiting.acquire(blocking=False):
        raise AlreadyWaiting
    try:
        run = _queue(registered_model, filename, content, requested_by)
        return _wait(run)
    finally:
        _waiting.release()


def _queue(registered_model: RegisteredModel, filename: str, content: bytes, requested_by: str) -> Run:
    path = artefacts.store(content, folder="quarantine", filename=f"{uuid.uuid4().hex}.upload")
    return Run.objects.create(
        task=TaskName.UPLOAD,
        registered_model=registered_model,
        trigger=Run.Trigger.API,
        requested_by=requested_by,
        parameters={
            "quarantine": path,
            "sha256": artefacts.sha256_of(content),
            "filename": filename,
        },
    )


def _wait(run: Run) -> Run:
    deadline = time.monotonic() + settings.UPDATE_MODEL_WAIT_SECONDS
    while Run.objects.unfinished().filter(pk=run.pk).exists():
        if time.monotonic() > deadline:
            # Guarded: if the run ended meanwhile nothing is cancelled, and the answer is its verdict.
            if Run.objects.cancel(run, reason=_too_late()):
                artefacts.remove(run.parameters["quarantine"])
            break
        time.sleep(POLL_SECONDS)
    run.refresh_from_db()
    return run


def wait_until_served(version: ModelVersion) -> None:
    """Let every worker load what has just gone live, for at most two seconds.

    A client that asks for `/current_model` next should not be told of the version before.
    """
    deadline = time.monotonic() + SWAP_SECONDS
    model = version.registered_model.name
    while time.monotonic() < deadline and Worker.objects.lagging(model, version.label).exists():
        time.sleep(POLL_SECONDS / 2)


def _too_late() -> str:
    return (
        f"Cancelled: not judged within {settings.UPDATE_MODEL_WAIT_SECONDS} s, "
        "and the caller was told so. Is a scheduler running?"
    )
