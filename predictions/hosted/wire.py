"""What is said over the socket of the model host: msgpack behind its length, arrays of doubles as bytes."""

from __future__ import annotations

import socket
import struct
from typing import Any

import msgspec
import numpy as np

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec

LENGTH = struct.Struct("!Q")
MOST_BYTES = 2**30  # of one message: far more than a batch that the API accepts


class ConnectionEnded(OSError):
    """The other side closed the connection before a message was complete."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """The version that is to answer."""

    version: str  # for the log: model and label
    served_form: str  # the path relative to MEDIA_ROOT
    sha256: str
    spec: SignatureSpec


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Rows for a version, in the form that a graph would get: columns of doubles or of texts.

    None at all only load the version.
    """

    wanted: msgspec.Raw  # a `Wanted`: it is read only where the host does not have the version yet
    rows: int
    columns: dict[str, bytes | list[str]]  # of doubles: n * k of them, row by row


class Answered(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The answers of n rows; probabilities are n * k doubles."""

    outputs: list[Any]
    probabilities: bytes | None

    @classmethod
    def of(cls, answers: Answers) -> Answered:
        shares = answers.probabilities
        given = None if shares is None else np.ascontiguousarray(shares, dtype=float).tobytes()
        return cls(outputs=answers.outputs, probabilities=given)

    def arrays(self, *, is_regression: bool) -> list[np.ndarray]:
        """Return what a graph would: values (n, 1); or labels (n,) and, if there are any, probabilities."""
        if is_regression:
            return [np.array(self.outputs, dtype=float).reshape(-1, 1)]
        labels = np.empty(len(self.outputs), dtype=object)
        labels[:] = self.outputs
        if self.probabilities is None:
            return [labels]
        return [labels, np.frombuffer(self.probabilities).reshape(len(labels), -1)]


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Why there are no answers, for the log; and whether the version could not even be loaded."""

    sentence: str
    is_loaded: bool


encode = msgspec.msgpack.Encoder().encode
read_question = msgspec.msgpack.Decoder(Question).decode
read_wanted = msgspec.msgpack.Decoder(Wanted).decode
read_reply = msgspec.msgpack.Decoder(Answered | Refused).decode


def send(connection: socket.socket, message: bytes) -> None:
    """Send one message. Raises `OSError`."""
    connection.sendall(LENGTH.pack(len(message)) + message)


def receive(connection: socket.socket) -> bytes:
    """Return one message. Raises `ConnectionEnded`, or another `OSError`."""
    (length,) = LENGTH.unpack(_exactly(connection, LENGTH.size))
    if length > MOST_BYTES:
        raise ConnectionEnded(f"a message of {length} bytes was announced")
    return _exactly(connection, length)


def _exactly(connection: socket.socket, length: int) -> bytes:
    content = bytearray(length)
    view = memoryview(content)
    while view:
        count = connection.recv_into(view)
        if not count:
            raise ConnectionEnded("the connection was closed")
        view = view[count:]
    return bytes(content)


def columns_of(inputs: dict[str, np.ndarray]) -> dict[str, bytes | list[str]]:
    """Convert the inputs of a graph."""
    return {
        name: values.ravel().tolist() if values.dtype == object else values.astype(float).tobytes()
        for name, values in inputs.items()
    }
