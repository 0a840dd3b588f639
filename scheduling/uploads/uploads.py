"""`POST /update_model`: quarantine the bytes, queue a run, and wait a limited time for its decision."""

import base64
import threading
import time

from django.conf import settings
from rest_framework.exceptions import Throttled

from predictions.contract.fields import FieldError, InvalidInput
from predictions.models import ModelVersion, RegisteredModel, Worker
from scheduling.models import Lease, Run
from scheduling.models.schedule import TaskName
from scheduling.runs import quarantine
from scheduling.uploads.refusals import Refused, refuse_other_kinds

POLL_SECONDS = 0.2
SWAP_SECONDS = 2.0
_waiting = threading.Lock()


class AlreadyWaiting(Throttled):
    """This worker waits for another upload: one more would leave no thread for predictions."""

    default_detail = "Another upload is being judged. Try again when it is finished."


def decode(model_object: str) -> bytes:
    """Return the bytes of a skops file from base64. Raises `InvalidInput`."""
    try:
        content = base64.b64decode(model_object, validate=True)
        refuse_other_kinds(content)
        return content
    except Refused as error:
        message = str(error)
    except ValueError:
        message = "Input should be base64"
    raise InvalidInput([FieldError(field="modelObject", message=message)])


def judge_upload(
    registered_model: RegisteredModel, *, filename: str, content: bytes, requested_by: str
) -> Run:
    """Return the run of this upload: ended, or cancelled at the time limit. Raises `AlreadyWaiting`."""
    if not _waiting.acquire(blocking=False):
        raise AlreadyWaiting
    try:
        parameters = quarantine.keep(content) | {"filename": filename}
        run = Run.objects.enqueue(
            task=TaskName.UPLOAD, registered_model=registered_model, trigger=Run.Trigger.API,
            requested_by=requested_by, parameters=parameters,
        )  # fmt: skip
        return _wait(run)
    finally:
        _waiting.release()


def _wait(run: Run) -> Run:
    deadline = time.monotonic() + settings.UPDATE_MODEL_WAIT_SECONDS
    while Run.objects.unfinished().filter(pk=run.pk).exists():
        if time.monotonic() > deadline:
            # If the run has ended meanwhile, nothing is cancelled, and its own decision is the answer.
            if Run.objects.cancel(run, reason=_too_late(run)):
                quarantine.remove(run)
            break
        time.sleep(POLL_SECONDS)
    run.refresh_from_db()
    return run


def _too_late(run: Run) -> str:
    """Say what the caller waited for: a step of the run, another run, or a scheduler."""
    run.refresh_from_db()
    said = f"Cancelled: the upload was not judged within {settings.UPDATE_MODEL_WAIT_SECONDS} s. Its run had"
    if run.status == Run.Status.RUNNING:
        return f"{said} started and was at this step: {run.step or 'starting'}. Send it again later."
    if not Lease.objects.held().exists():
        return f"{said} not started, because no scheduler is running. Start one, then send it again."
    busy = Run.objects.running().exclude(pk=run.pk).first()
    behind = f"because the scheduler was busy with {busy}" if busy else "although the scheduler is running"
    return f"{said} not started, {behind}. Send it again later."


def wait_until_served(version: ModelVersion) -> None:
    """Wait until every worker has loaded what has just gone live, for at most two seconds."""
    deadline = time.monotonic() + SWAP_SECONDS
    model = version.registered_model.name
    while time.monotonic() < deadline and Worker.objects.lagging(model, version.label).exists():
        time.sleep(POLL_SECONDS / 2)
