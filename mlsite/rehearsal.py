"""What a rehearsal's server runs: the web tier's own application. Each request names the version to answer.

`scheduling.rehearsal` starts it, on the loopback interface, for the versions in REHEARSAL_VERSION. It
sends one request at a time, to one thread: nothing else swaps what is served.
"""

import ctypes
import sys
from collections.abc import Callable, Iterable
from typing import Any

from django.core.signals import got_request_exception
from django.dispatch import receiver

from mlsite.wsgi import application as web_tier
from predictions.conf import config
from predictions.contract.error_texts import public_text
from predictions.models import ModelVersion
from predictions.serving import serving, web_worker
from predictions.serving.follower import Follower

VERSION = "HTTP_X_REHEARSAL_VERSION"  # header X-Rehearsal-Version: the id of the version that should answer
PROBLEM = "X-Rehearsal-Problem"  # of a 500: the public text of the error, which the web tier never sends
WORDS = "X-Rehearsal-Words"  # the whole error, which may quote the row
MAX_PROBLEM = 400


class OnRequest(Follower):
    """Loads a version when a request first names it; it does not read the ledger."""

    def __init__(self) -> None:
        super().__init__()
        self._snapshots: dict[str, serving.Snapshot] = {}

    def step(self) -> None:
        """Do nothing: the thread only ends this process with the server's main process."""

    def serve(self, version_id: str) -> None:
        """Serve this version as the default model's. Raises `KeyError` for one that is not rehearsed."""
        if version_id not in self._snapshots:
            if version_id not in (config.REHEARSAL_VERSION or []):
                raise KeyError(version_id)
            version = ModelVersion.objects.select_related("signature__registered_model").get(pk=version_id)
            model = version.registered_model
            model.is_default = model.public = True
            model.log_rate = 0  # only the checks ask it
            model.output_name = version.signature.output_name
            model.live_version_id = version.pk
            serving.swap(serving.Snapshot())  # without a version to fall back on
            self._snapshots[version_id] = self._next_snapshot([model])
            if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
                trim(0)  # so that the measurement shows what the version keeps
        serving.swap(self._snapshots[version_id])


on_request = OnRequest()
problems: list[tuple[str, str]] = []


@receiver(got_request_exception)
def note_problem(**_: Any) -> None:
    """Keep the error of the request for its headers."""
    if error := sys.exception():
        problems.extend(((PROBLEM, public_text(error)), (WORDS, repr(error))))


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as the web tier would if the named version were live."""
    problems.clear()
    if VERSION in environ:
        on_request.serve(environ.pop(VERSION))

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        for name, text in problems:
            headers.append((name, " ".join(text[:MAX_PROBLEM].encode("ascii", "replace").decode().split())))
        return start_response(status, headers, *rest)

    return web_tier(environ, start)


web_worker.start(on_request)
