"""Whether the folders of this host can be used, and what lies in them is read."""

import os
from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register

from predictions.conf import config, setting_name
from predictions.log import segments
from predictions.log.ingester import Ingester
from predictions.serving.serving import Manifest, ManifestUnusable, SignedOtherwise


@register(deploy=True)
def check_media_is_writable(**_: Any) -> list[CheckMessage]:
    """Say where model files cannot be written."""
    folder = config.MEDIA_ROOT
    if folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return []
    what = "cannot be written by this user" if folder.exists() else "does not exist"
    hint = "Create it, or mount it, and let this user write: uploads and model files are stored in it."
    return [Error(f"{setting_name('MEDIA_ROOT')}, {folder}, {what}.", hint=hint, id="predictions.E016")]


@register(deploy=True)
def check_ingester(**_: Any) -> list[CheckMessage]:
    """Say where predictions wait in files and nobody brings them into the database."""
    folder = config.SPOOL_DIR
    try:
        if not folder.is_dir() or not segments.bytes_waiting(folder) or _is_led(Ingester(folder)):
            return []
    except OSError as error:
        message = f"{setting_name('SPOOL_DIR')}, {folder}, cannot be read ({error.strerror})."
        return [Warning(message, hint="Let this user read and write it.", id="predictions.W018")]
    message = f"Predictions wait in {folder}, but no ingester is at work there."
    hint = "Start one on this host: manage.py ingest_predictions"
    return [Warning(message, hint=hint, id="predictions.W011")]


def _is_led(ingester: Ingester) -> bool:
    """Whether another process holds the lock."""
    free = ingester.lead()
    ingester.close()
    return not free


@register(deploy=True)
def check_secret_key(**_: Any) -> list[CheckMessage]:
    """Say where what a worker kept was signed with another key."""
    try:
        Manifest.read()
    except SignedOtherwise as error:
        hint = "Put the key back into SECRET_KEY, or start a web worker while the database answers."
        return [Warning(f"SECRET_KEY has changed: {error}.", hint=hint, id="predictions.W014")]
    except ManifestUnusable:  # the usual one of a host that has not served yet
        pass
    return []
