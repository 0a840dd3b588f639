"""The bodies that threads of this worker wait for, and the WSGI callable that has them watched.

granian gives a thread the request as soon as its head is there. A few clients who never send the rest would
keep all threads. Other servers are left alone: they have limits of their own, or read bodies before.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Lock, get_ident
from time import monotonic
from typing import Any

from predictions.slow_bodies import watch
from predictions.slow_bodies.watch import BODY, Environ

PIECE = 2**16  # of a long body: how much has come is known piece by piece
REST = 2**20  # of a body that nobody reads: for a longer one the connection is given up
CUT = "predictions.is_cut"
waiting: dict[int, tuple[int, Environ]] = {}  # by the identity of the second: the thread, and its request


class TooSlow(OSError):
    """The client has been answered 408: nobody acts on the rest. Django takes it for a cut connection."""


class Answered408(list[bytes]):
    """What `prometheus.counted` looks at, where the client has its answer already."""

    status_code = 408


def read(environ: Environ, size: int) -> bytes:
    """Read so much of a body that nothing was read of. Raises `TooSlow`."""
    if size > PIECE:
        return Body(environ).read(size)
    return _read(environ, environ["wsgi.input"].read, size)


def _read(environ: Environ, read: Callable[..., bytes], size: int | None) -> bytes:
    key = id(environ)
    waiting[key] = get_ident(), environ
    try:
        return read(size)
    finally:  # who takes it out decides: this thread, which goes on, or the one that has answered 408
        if waiting.pop(key, None) is None:
            environ[CUT] = True
            raise TooSlow("The client sent the body too slowly.")


class Body:
    """A `wsgi.input` that tells how much has come, and since when it is read."""

    def __init__(self, environ: Environ) -> None:
        self.stream, self.began, self.received = environ["wsgi.input"], monotonic(), 0
        self.environ = environ
        environ[BODY] = self

    def read(self, size: int | None = None) -> bytes:
        if size is not None and size > PIECE:
            return b"".join(self._pieces(size))
        return self._counted(self.stream.read, size)

    def read_rest(self) -> None:
        """Read what nobody read of the body: granian would close the connection without a word."""
        length = int(self.environ.get("CONTENT_LENGTH") or 0)
        if self.received < length <= REST:
            self.read(length - self.received)

    def readline(self, size: int | None = None) -> bytes:
        return self._counted(self.stream.readline, size)

    def readlines(self, hint: int = -1) -> list[bytes]:
        return [*self]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _pieces(self, size: int) -> Iterator[bytes]:
        while size > 0 and (piece := self._counted(self.stream.read, min(size, PIECE))):
            yield piece
            size -= len(piece)

    def _counted(self, read: Callable[..., bytes], size: int | None) -> bytes:
        data = _read(self.environ, read, size)
        self.received += len(data)
        return data


def awaited(application: Callable[..., Any], *, content: Callable[[Environ], bytes]) -> Callable[..., Any]:
    """Wrap a WSGI callable: under granian, a body that comes too slowly is answered 408 with this content."""
    starting, is_watched = Lock(), False

    def have_watched() -> None:
        nonlocal is_watched
        with starting:
            if not is_watched:
                watch.over(waiting, content)
                is_watched = True

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Any:
        has_no_body = environ["REQUEST_METHOD"] == "GET" and not environ.get("CONTENT_LENGTH")
        if has_no_body or environ.get("SERVER_SOFTWARE") != "Granian":
            return application(environ, start_response)
        if not is_watched:
            have_watched()
        if CUT in environ:
            return Answered408()
        environ["wsgi.input"] = body = Body(environ)
        response = application(environ, start_response)
        with suppress(TooSlow):
            body.read_rest()
        if CUT in environ:
            getattr(response, "close", list)()
            return Answered408()
        return response

    return answer
