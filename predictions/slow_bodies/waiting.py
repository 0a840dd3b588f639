"""The bodies that threads of this worker wait for, and the WSGI callable that has them watched.

granian gives a thread the request as soon as its head is there. A few clients who never send the rest would
keep all threads. Other servers are left alone: they have limits of their own, or read bodies before.
"""

from collections.abc import Callable, Iterator
from threading import Lock, get_ident
from time import monotonic
from typing import Any

from predictions.slow_bodies import watch
from predictions.slow_bodies.cutting import answer_too_slow

PIECE = 2**16  # of a long body: how much has come is known piece by piece


class TooSlow(OSError):
    """The client has been answered 408: nobody acts on the rest. Django takes it for a cut connection."""


class Answered408(list[bytes]):
    """What `prometheus.counted` looks at, where the client has its answer already."""

    status_code = 408


class Body:
    """A `wsgi.input` that is in `waiting` while a thread reads from it."""

    received = 0
    is_cut = False

    def __init__(self, environ: dict[str, Any]) -> None:
        self.environ, self.stream, self.began = environ, environ["wsgi.input"], monotonic()

    def read(self, size: int | None = None) -> bytes:
        if size is not None and size > PIECE:
            return b"".join(self._pieces(size))
        return self._awaited(self.stream.read, size)

    def readline(self, size: int | None = None) -> bytes:
        return self._awaited(self.stream.readline, size)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def _pieces(self, size: int) -> Iterator[bytes]:
        while size > 0 and (piece := self._awaited(self.stream.read, min(size, PIECE))):
            yield piece
            size -= len(piece)

    def _awaited(self, read: Callable[[int | None], bytes], size: int | None) -> bytes:
        waiting[self] = get_ident()
        try:
            data = read(size)
        finally:  # who takes it out decides: this thread, which goes on, or the one that has answered 408
            taken = waiting.pop(self, None)
        if taken is None:
            self.is_cut = True
            raise TooSlow("The client sent the body too slowly.")
        self.received += len(data)
        return data

    def cut(self, thread: int) -> None:
        """Answer 408 in place of the thread, and so end its waiting."""
        answer_too_slow(self.environ, thread, claim=lambda: waiting.pop(self, None) is not None)


waiting: dict[watch.Awaited, int] = {}  # and the threads
_starting = Lock()
_is_watched = False


def awaited(application: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a WSGI callable: under granian, a body that comes too slowly is answered 408."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["REQUEST_METHOD"] == "GET" or environ.get("SERVER_SOFTWARE") != "Granian":
            return application(environ, start_response)
        if not _is_watched:
            _have_watched()
        body = environ["wsgi.input"] = Body(environ)
        try:
            response = application(environ, start_response)
        except TooSlow:
            return Answered408()
        if body.is_cut:
            getattr(response, "close", list)()
            return Answered408()
        return response

    return answer


def _have_watched() -> None:
    global _is_watched
    with _starting:
        if not _is_watched:
            watch.over(waiting)
            _is_watched = True
