"""The model host: loads skops files that were registered, and answers over a Unix socket.

Whoever can open the socket may ask: its mode lets only the user of the web workers. Nothing is unpickled.
"""

from __future__ import annotations

import logging
import os
import socket
import socketserver
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import msgspec

from predictions.contract.answers import Answers
from predictions.hosted import wire
from predictions.hosted.wire import Question, Refused, Wanted
from scheduling.model_host.shelf import NotLoadable, Shelf

log = logging.getLogger("scheduling.model_host")


class AlreadyServing(Exception):
    """Another model host answers at this socket."""


class Conversation(socketserver.BaseRequestHandler):
    """One connection: questions, each answered before the next is read."""

    server: ModelHost

    def handle(self) -> None:
        while True:
            try:
                question = wire.receive(self.request)
                wire.send(self.request, wire.encode(self.server.answer(question)))
            except OSError:  # the worker ended, or gave up waiting
                return


class ModelHost(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """A thread for each connection; the versions are shared."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path: Path, *, most_versions: int) -> None:
        _remove_stale(path)
        self.shelf = Shelf(most=most_versions)
        before = os.umask(0o177)  # for this user alone, from the first moment
        try:
            super().__init__(str(path), Conversation)
        finally:
            os.umask(before)

    def answer(self, content: bytes) -> Any:
        """Return the reply to a question; whatever goes wrong is one."""
        wanted = None
        try:
            question: Question = wire.read_question(content)
            wanted = wire.read_wanted(question.wanted)
            version = self.shelf.get(bytes(question.wanted), wanted)
        except (NotLoadable, msgspec.MsgspecError) as error:
            return _refused(error, wanted, is_loaded=False)
        try:
            return wire.Answered.of(version.answer(question) if question.rows else Answers([]))
        except Exception as error:  # a model of somebody raises anything
            return _refused(error, wanted, is_loaded=True)


def _refused(error: Exception, wanted: Wanted | None, *, is_loaded: bool) -> Refused:
    log.error("version=%s: %s", wanted.version if wanted else "unknown", error)
    return Refused(sentence=str(error), is_loaded=is_loaded)


def _remove_stale(path: Path) -> None:
    """Remove the socket of a host that was killed. Raises `AlreadyServing` if it lives."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except FileNotFoundError:
            return
        except ConnectionRefusedError:
            path.unlink()
            return
    raise AlreadyServing(f"A model host already answers at {path}.")


def serve(path: Path, *, most_versions: int, stop: SimpleQueue[None]) -> None:
    """Answer until something is in `stop`, then remove the socket. Raises `AlreadyServing` or `OSError`."""
    with ModelHost(path, most_versions=most_versions) as host:
        threading.Thread(target=host.serve_forever, name="model host", daemon=True).start()
        log.info("the model host answers at %s", path)
        stop.get()
        host.shutdown()
    path.unlink(missing_ok=True)
