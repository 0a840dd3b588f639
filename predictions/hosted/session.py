"""A version in the model host, asked as an ONNX session is: the rest of the program sees no difference."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from predictions.conf import config
from predictions.hosted import wire

LOAD_SECONDS = 60.0  # a forest of 100 MB takes some of them
HOW = "Start it with manage.py serve_models (make run and docker compose do)."

_own_host: Callable[[], Path] | None = None


class ModelHostAway(Exception):
    """No model host answers: the versions in it cannot be asked. Others are."""


class NotLoaded(Exception):
    """The host refuses the version, in words that are ours."""


class NotAnswered(Exception):
    """The host's version raised when it was asked."""


@contextmanager
def asking(own_host: Callable[[], Path]) -> Iterator[None]:
    """Ask another host within: `own_host` returns its socket, and is called when it is first needed."""
    global _own_host
    before, _own_host = _own_host, own_host
    try:
        yield
    finally:
        _own_host = before


def address() -> Path:
    """Return the socket of the host that this process asks."""
    return _own_host() if _own_host else config.MODEL_HOST_SOCKET


class HostedSession:
    """One version of the host. Safe for threads: each has a connection of its own."""

    def __init__(self, wanted: wire.Wanted) -> None:
        self._wanted = msgspec.Raw(wire.encode(wanted))
        self._is_regression = wanted.spec.task == "regression"
        self._own = threading.local()

    def load(self) -> None:
        """Let the host load the version, which may take seconds. Raises `ModelHostAway` or `NotLoaded`."""
        self._reply(wire.Question(wanted=self._wanted, rows=0, columns={}), LOAD_SECONDS)

    def run(self, _: Any, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        """Return values (n, 1); or labels (n,) and, if there are any, probabilities (n, k).

        Raises `ModelHostAway`, `NotLoaded` or `NotAnswered`. The first argument is that of an ONNX session.
        """
        rows = len(next(iter(inputs.values())))
        columns = wire.columns_of(inputs)
        question = wire.Question(wanted=self._wanted, rows=rows, columns=columns)
        reply = self._reply(question, config.MODEL_HOST_SECONDS)
        return reply.arrays(is_regression=self._is_regression)

    def _reply(self, question: wire.Question, seconds: float) -> wire.Answered:
        reply = wire.read_reply(self._ask(wire.encode(question), seconds))
        if isinstance(reply, wire.Refused):
            raise (NotAnswered if reply.is_loaded else NotLoaded)(reply.sentence)
        return reply

    def _ask(self, question: bytes, seconds: float) -> bytes:
        """Ask over the connection of this thread; over a new one where the host was started again.

        Nothing is asked twice: what ended a host once would end the next one.
        """
        connection: socket.socket | None = getattr(self._own, "connection", None)
        self._own.connection = None  # until all is answered: the rest of one must not be read as another
        try:
            if connection is None or not _sent(connection, question, seconds):
                connection = _connect()
                connection.settimeout(seconds)
                wire.send(connection, question)
            answer = wire.receive(connection)
        except TimeoutError:
            raise ModelHostAway(f"The model host did not answer within {seconds:g} s.") from None
        except OSError as error:
            raise ModelHostAway("The model host ended while it was asked.") from error
        self._own.connection = connection
        return answer


def _sent(connection: socket.socket, question: bytes, seconds: float) -> bool:
    """Send over a connection of earlier; False if the host has closed it meanwhile."""
    connection.settimeout(seconds)
    try:
        wire.send(connection, question)
    except ConnectionError:
        return False
    return True


def is_heard(path: Path | None = None) -> bool:
    """Whether a host listens, at this socket or at that of this process."""
    try:
        _connect(path).close()
    except ModelHostAway:
        return False
    return True


def _connect(path: Path | None = None) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path or address()))
    except OSError as error:
        connection.close()
        raise ModelHostAway(f"The model host does not run. {HOW}") from error
    return connection
