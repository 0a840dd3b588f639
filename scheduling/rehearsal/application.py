"""What a rehearsal's server runs: the project's own WSGI application.

Each request names the version that should answer. `server.py` starts it, on the loopback interface, for the
versions that the environment names. It sends one request at a time, to one thread: nothing else swaps what
is served.
"""

import ctypes
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.servers.basehttp import get_internal_wsgi_application
from django.core.signals import got_request_exception
from django.dispatch import receiver

from predictions.conf import config
from predictions.contract.error_texts import public_text
from predictions.models import ModelVersion
from predictions.serving import serving, web_worker
from predictions.serving.follower import Follower
from scheduling.evidence.rehearsed import TOGETHER
from scheduling.rehearsal.environment import HOST, PROBLEM, SOCKET, VERSION, VERSIONS, WORDS

ASKED = f"HTTP_{VERSION.upper().replace('-', '_')}"  # as WSGI names the header
MAX_PROBLEM = 400


class OnRequest(Follower):
    """Loads a version when a request first names it; it does not read the ledger."""

    def __init__(self, versions: Iterable[str]) -> None:
        super().__init__()
        self._versions = set(versions)
        self._snapshots: dict[str, serving.Snapshot] = {}

    def step(self) -> None:
        """Do nothing: the thread only ends this process with the server's main process."""

    def serve(self, version_id: str) -> None:
        """Serve this version as the default model's. Raises `KeyError` for one that is not rehearsed."""
        if version_id not in self._snapshots:
            if version_id not in self._versions:
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


problems: list[tuple[str, str]] = []


@receiver(got_request_exception)
def note_problem(**_: Any) -> None:
    """Keep the error of the request for its headers."""
    if error := sys.exception():
        problems.extend(((PROBLEM, public_text(error)), (WORDS, repr(error))))


def adapt_settings() -> None:
    """Let the project answer on the loopback interface, and as many rows in one request as are sent."""
    settings.ALLOWED_HOSTS = [HOST]
    config.RATE_LIMIT_ANONYMOUS = config.RATE_LIMIT_TOKEN = ""
    config.MAX_ROWS, config.MAX_BATCH_BYTES = TOGETHER, 2**30
    if SOCKET in os.environ:
        config.MODEL_HOST_SOCKET = Path(os.environ[SOCKET])


def as_over_https(environ: dict[str, Any]) -> None:
    """Change a request into one that came through the project's proxy: else it is led to https://."""
    header, value = settings.SECURE_PROXY_SSL_HEADER or ("wsgi.url_scheme", "https")
    environ[header] = value


def rehearsing(web_tier: Callable[..., Any], on_request: OnRequest) -> Callable[..., Any]:
    """Return an application that answers as `web_tier` would if the version named by a request were live."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        problems.clear()
        as_over_https(environ)
        if ASKED in environ:
            on_request.serve(environ.pop(ASKED))

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            for name, text in problems:
                short = text[:MAX_PROBLEM].encode("ascii", "replace").decode()
                headers.append((name, " ".join(short.split())))
            return start_response(status, headers, *rest)

        answered: Iterable[bytes] = web_tier(environ, start)
        return answered

    return application


def made() -> Callable[..., Any]:
    """Return the project's application, rehearsing the versions of this process."""
    adapt_settings()
    on_request = OnRequest(os.environ[VERSIONS].split(","))
    web_worker.begin(on_request)  # first: neither the project's wsgi.py nor a request begins another follower
    return rehearsing(get_internal_wsgi_application(), on_request)
