"""What the web server runs: Django behind the fast lane, and the thread that follows the ledger."""

import os
import tempfile
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlsite.settings")
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

from django.core.wsgi import get_wsgi_application

from predictions.conf import config

IN_MEMORY, CHUNK = 4 * 2**20, 2**16
django_application = get_wsgi_application()

from predictions.counting import prometheus
from predictions.lane.lane import Lane
from predictions.serving import web_worker

prometheus.start()
counted_application = prometheus.counted(Lane(django_application))


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Add the length of a body without one, which Django would read as empty."""
    # HTTP/1.1 sends it in chunks, HTTP/2 in frames. One byte over the largest limit is enough for 413.
    is_http2 = environ.get("SERVER_PROTOCOL") == "HTTP/2"
    in_frames = is_http2 and environ["REQUEST_METHOD"] not in ("GET", "HEAD")
    if not environ.get("CONTENT_LENGTH") and (in_frames or "HTTP_TRANSFER_ENCODING" in environ):
        is_form = environ.get("CONTENT_TYPE", "").startswith("multipart/")  # of up to three files
        limit = max(config.MAX_BODY_BYTES, config.MAX_BATCH_BYTES, config.MAX_UPLOAD_BYTES)
        body, size = _spooled(environ["wsgi.input"], limit * (4 if is_form else 1) + 1)
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = body, str(size)
    return counted_application(environ, start_response)


def _spooled(stream: Any, most: int) -> tuple[Any, int]:
    """Copy up to so many bytes: into memory while they are few, then into a file without a name."""
    body = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed when nobody reads it any more
    while (left := most - body.tell()) > 0 and (chunk := stream.read(min(left, CHUNK))):
        body.write(chunk)
    size = body.tell()
    body.seek(0)
    return body, size


# Here and not in an AppConfig: each worker has a follower, commands have none.
if config.REHEARSAL_VERSION is None:  # `rehearsal.py` starts its own
    web_worker.start()
