"""What the web server runs: Django, and the thread that follows the ledger in each worker."""

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
    """Give Django a body whose length is known: it takes one that announces none for empty.

    HTTP/1.1 sends such a body in chunks, HTTP/2 just so. One byte over the largest limit is enough to
    answer 413.
    """
    if not environ.get("CONTENT_LENGTH") and _may_have_a_body(environ):
        limit = max(settings.MAX_BODY_BYTES, settings.MAX_BATCH_BYTES, settings.MAX_UPLOAD_BYTES)
        body = environ["wsgi.input"].read(limit + 1)
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
    return counted_application(environ, start_response)


def _may_have_a_body(environ: dict[str, Any]) -> bool:
    by_frames = environ.get("SERVER_PROTOCOL") == "HTTP/2" and environ["REQUEST_METHOD"] not in (
        "GET",
        "HEAD",
    )
    return by_frames or "HTTP_TRANSFER_ENCODING" in environ


# Last, and here rather than in an AppConfig: commands have no follower, each worker has one.
if settings.REHEARSAL_VERSION is None:  # `rehearsal.py` starts another kind
    web_worker.start()
