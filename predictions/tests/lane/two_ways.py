"""The whole of Django with the fast lane in front and without, and what each did with a request."""

import io
import re
import sys
from contextlib import contextmanager

from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from predictions.counting import prometheus
from predictions.lane.lane import Lane
from predictions.log import request_counts, spool
from predictions.log.request_counts import Counts
from predictions.serving import answering

ID = "0190a5b1-0000-7000-8000-000000000001"
LATENCY = re.compile(rb',\d+,""\]\n$')  # of a line of the log, before the caller
ENVIRON = {
    "REQUEST_METHOD": "POST", "PATH_INFO": "/predict", "QUERY_STRING": "", "SCRIPT_NAME": "",
    "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "10.0.0.9",
    "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr, "HTTP_HOST": "localhost:8000",
    "CONTENT_TYPE": "application/json",
}  # fmt: skip


class Seen:
    """What `prometheus` and the prediction log are told; times are left out."""

    def __init__(self):
        self.told = []
        self.lost = self.appended = 0

    def request(self, path, status):
        self.told.append(("request", path, status))

    def latency(self, version_id, seconds):
        self.told.append(("latency", version_id))

    def count(self, metric, amount, labels):
        self.told.append(("count", metric, amount, labels))

    def append(self, line, *, rows):
        self.told.append(("line", LATENCY.sub(b"", line), rows))


class TwoWays:
    """`django` and `lane` answer; `taken` counts the requests that the lane kept from Django."""

    def __init__(self, monkeypatch):
        monkeypatch.setattr(answering, "new_id", lambda: ID)
        self._patch, self._reached, self.taken = monkeypatch, 0, 0
        application = get_wsgi_application()

        def django(environ, start_response):
            self._reached += 1
            return application(environ, start_response)

        self.django, self._lane = prometheus.counted(django), prometheus.counted(Lane(django))

    @classmethod
    @contextmanager
    def made(cls, monkeypatch):
        """Keep Django from closing the connection of the test, as its own client does."""
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
        try:
            yield cls(monkeypatch)
        finally:
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)

    def lane(self, environ, start_response):
        before = self._reached
        answer = self._lane(environ, start_response)
        self.taken += self._reached == before
        return answer

    def both(self, body=b"", **environ):
        """Send it both ways; return what Django did with it, and what the lane did."""
        return self.one(self.django, body, environ), self.one(self.lane, body, environ)

    def one(self, application, body, environ):
        answered = {}

        def start_response(status, headers, exc_info=None):
            answered.update(status=status, headers=sorted(headers))

        given = {name: value for name, value in (ENVIRON | environ).items() if value is not None}
        given.setdefault("CONTENT_LENGTH", str(len(body)))
        with self._watched() as (seen, counts):
            response = application(given | {"wsgi.input": io.BytesIO(body)}, start_response)
            answered["body"] = b"".join(response)
            if hasattr(response, "close"):
                response.close()
        lines = [(key, *_without_times(line)) for key, line in counts._lines.items()]
        return answered | {"told": seen.told, "counted": lines}

    @contextmanager
    def _watched(self):
        seen, counts = Seen(), Counts(are_written=False)
        with self._patch.context() as patch:
            patch.setattr(prometheus, "_counting", seen)
            patch.setattr(spool, "_spool", seen)
            patch.setattr(request_counts, "counts", counts)
            yield seen, counts


def _without_times(line):
    """How many were answered, by size, refused, failed, compared; and the last error."""
    sizes = {size: sum(steps.values()) for size, steps in line.latencies.items()}
    return (
        line.answered,
        sizes,
        line.refused,
        line.failed,
        line.both_failed,
        line.only_failed,
        line.last_error,
    )
