"""What the web server runs: Django, and in each worker the thread that follows the ledger."""

import io
import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlsite.settings")
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

django_application = get_wsgi_application()

from predictions.counting import prometheus
from predictions.serving import web_worker

prometheus.start()
counted_application = prometheus.counted(django_application)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Add the length of a body without one, which Django would read as empty."""
    # HTTP/1.1 sends it in chunks, HTTP/2 in frames. One byte over the largest limit is enough for 413.
    is_http2 = environ.get("SERVER_PROTOCOL") == "HTTP/2"
    in_frames = is_http2 and environ["REQUEST_METHOD"] not in ("GET", "HEAD")
    if not environ.get("CONTENT_LENGTH") and (in_frames or "HTTP_TRANSFER_ENCODING" in environ):
        limit = max(settings.MAX_BODY_BYTES, settings.MAX_BATCH_BYTES, settings.MAX_UPLOAD_BYTES)
        body = environ["wsgi.input"].read(limit + 1)
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
    return counted_application(environ, start_response)


# Here and not in an AppConfig: each worker has a follower, commands have none.
if settings.REHEARSAL_VERSION is None:  # `rehearsal.py` starts its own
    web_worker.start()
