"""`model_delivery`, which puts the fast lane and the counters in front of a project's WSGI application.

No project needs it: without it Django answers all predictions, which takes longer, bodies of an unknown
length get 411, and nobody watches for clients that send slowly.
"""

import tempfile
from collections.abc import Callable, Iterable
from typing import Any

from predictions.slow_bodies.waiting import Answered408, Body, TooSlow, awaited

IN_MEMORY, CHUNK = 4 * 2**20, 2**16


def model_delivery(django_application: Callable[..., Any]) -> Callable[..., Any]:
    """Return what the web server runs in place of Django's application."""
    # A project's wsgi.py imports this module among the first, before it has named its settings.
    from predictions.api.receiving import too_slow
    from predictions.counting import prometheus
    from predictions.lane.lane import Lane

    django = awaited(django_application, content=too_slow)
    return prometheus.counted(_with_lengths(Lane(django)))


def _with_lengths(application: Callable[..., Any]) -> Callable[..., Any]:
    from predictions.api.receiving import has_no_length
    from predictions.conf import config
    from predictions.paths import below_mount

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Add the length of a body of ours without one; what the project's own views get stays as it was."""
        if has_no_length(environ) and below_mount(environ.get("PATH_INFO", "")) is not None:
            # One byte over the largest limit is enough for 413.
            is_form = environ.get("CONTENT_TYPE", "").startswith("multipart/")  # of up to three files
            limit = max(config.MAX_BODY_BYTES, config.MAX_BATCH_BYTES, config.MAX_UPLOAD_BYTES)
            try:
                body, size = _spooled(Body(environ), limit * (4 if is_form else 1) + 1)
            except TooSlow:
                return Answered408()
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = body, str(size)
        return application(environ, start_response)

    return answer


def _spooled(stream: Any, most: int) -> tuple[Any, int]:
    """Copy up to so many bytes: into memory while they are few, then into a file without a name."""
    body = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed when nobody reads it any more
    while (left := most - body.tell()) > 0 and (chunk := stream.read(min(left, CHUNK))):
        body.write(chunk)
    size = body.tell()
    body.seek(0)
    return body, size
