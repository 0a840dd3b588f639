"""`POST /update_model`: quarantine the bytes, queue a run, wait for its verdict up to a limit.

The web tier looks at the first bytes only; what is inside is opened by the scheduler's sandbox.
"""

from __future__ import annotations

import base64
import binascii
import threading
import time

from django.conf import settings
from rest_framework.exceptions import Throttled

from predictions.contract.field_errors import FieldError, InvalidInput
from predictions.models import ModelVersion, RegisteredModel, Worker
from scheduling.models import Lease, Run
from scheduling.models.schedule import TaskName
from scheduling.runs import quarantine
from scheduling.uploads.kinds import refuse_other_kinds
from scheduling.uploads.refusals import Refused

POLL_SECONDS = 0.2
SWAP_SECONDS = 2.0
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
    try:
        refuse_other_kinds(content)
    except Refused as error:
        raise _refused(str(error)) from None
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
    return Run.objects.enqueue(
        task=TaskName.UPLOAD,
        registered_model=registered_model,
        trigger=Run.Trigger.API,
        requested_by=requested_by,
        parameters=quarantine.keep(content) | {"filename": filename},
    )


def _wait(run: Run) -> Run:
    deadline = time.monotonic() + settings.UPDATE_MODEL_WAIT_SECONDS
    while Run.objects.unfinished().filter(pk=run.pk).exists():
        if time.monotonic() > deadline:
            # Guarded: if the run ended meanwhile nothing is cancelled, and the answer is its verdict.
            if Run.objects.cancel(run, reason=_too_late(run)):
                quarantine.remove(run)
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


def _too_late(run: Run) -> str:
    """What it waited for: the step it was at, the run before it, or a scheduler."""
    run.refresh_from_db()
    said = f"Cancelled: not judged within {settings.UPDATE_MODEL_WAIT_SECONDS} s, and the caller was told so."
    if run.status == Run.Status.RUNNING:
        return f"{said} It had begun, and was at this step: {run.step or 'starting'}."
    if not Lease.objects.held().exists():
        return f"{said} It had not begun, because no scheduler is running: start one, then send it again."
    busy = Run.objects.running().exclude(pk=run.pk).first()
    behind = f"the scheduler was busy with {busy}" if busy else "the scheduler has not come to it"
    return f"{said} It had not begun: {behind}. Send it again later."
