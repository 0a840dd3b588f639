"""A load generator that checks each answer: `python -m benchmarks.load.closed_loop`.

Reads its order as JSON on stdin. Keeps so many requests on the way, over kept connections, until it reads
another line; then it waits for what is on the way and writes what it saw as JSON. wrk is quicker, but looks
at no answer.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TextIO

from benchmarks.load.reply import Expected, Reply, take, what_is_wrong
from benchmarks.reporting.figures import percentile

LAST_ANSWERS_SECONDS = 5.0


@dataclass
class Tally:
    """What came back: seconds of each good answer, reasons of the others."""

    seconds: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> str:
        """Write the figures; seconds as percentiles."""
        figures: dict[str, object] = {"answered": len(self.seconds)}
        if self.seconds:
            figures |= {"p50": percentile(self.seconds, 0.5), "p99": percentile(self.seconds, 0.99)}
        return json.dumps(figures | {"failed": self.failed, "wrong": self.wrong})


class Connection:
    """One request on the way at a time."""

    def __init__(self, address: tuple[str, int]) -> None:
        """Connect."""
        self.socket = socket.create_connection(address, timeout=LAST_ANSWERS_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received, self.row, self.sent_at = b"", 0, 0.0

    def send(self, row: int, request: bytes) -> None:
        """Send the next request."""
        self.received, self.row, self.sent_at = b"", row, time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> Reply | None:
        """Read what has arrived; return the answer once it is whole. Raises `OSError` or `ValueError`."""
        chunk = self.socket.recv(65536)
        if not chunk:
            raise ConnectionError("the server closed the connection")
        self.received += chunk
        return take(self.received)


class ClosedLoop:
    """`check(reply, row)` says what is wrong with an answer, or None."""

    def __init__(
        self, address: tuple[str, int], requests: list[bytes], check: Callable[[Reply, int], str | None]
    ) -> None:
        self._address, self._requests, self._check = address, requests, check
        self._next_row = count()
        self._selector = selectors.DefaultSelector()
        self._on_the_way = 0
        self.tally = Tally()

    def run(self, connections: int, stop: TextIO) -> Tally:
        """Ask until `stop` can be read, then wait for the answers that are due."""
        self._selector.register(stop, selectors.EVENT_READ, None)
        for _ in range(connections):
            self._open()
        deadline = None
        while deadline is None or (self._on_the_way and time.monotonic() < deadline):
            for key, _ in self._selector.select(timeout=1.0):
                if key.data is not None:
                    self._hear(key.data, more=deadline is None)
                elif deadline is None:
                    self._selector.unregister(stop)
                    deadline = time.monotonic() + LAST_ANSWERS_SECONDS
        self.tally.failed["not answered"] += self._on_the_way
        return self.tally

    def _open(self) -> None:
        try:
            connection = Connection(self._address)
        except OSError as error:
            self.tally.failed[f"cannot connect: {error}"] += 1
            return
        self._selector.register(connection.socket, selectors.EVENT_READ, connection)
        self._send(connection)

    def _send(self, connection: Connection) -> None:
        row = next(self._next_row) % len(self._requests)
        self._on_the_way += 1
        try:
            connection.send(row, self._requests[row])
        except OSError as error:
            self._lose(connection, error, more=True)

    def _hear(self, connection: Connection, *, more: bool) -> None:
        try:
            reply = connection.receive()
            if reply is None:
                return
            self._count(reply, connection)
        except (OSError, ValueError) as error:
            self._lose(connection, error, more=more)
            return
        self._on_the_way -= 1
        if more:
            self._send(connection)

    def _count(self, reply: Reply, connection: Connection) -> None:
        if reply.status != 200:
            self.tally.failed[f"status {reply.status}"] += 1
            return
        seconds = time.perf_counter() - connection.sent_at
        problem = self._check(reply, connection.row)
        if problem:
            self.tally.wrong[problem] += 1
        self.tally.seconds.append(seconds)

    def _lose(self, connection: Connection, error: Exception, *, more: bool) -> None:
        """Count the request as failed, and connect anew in place of the lost connection."""
        self._on_the_way -= 1
        self.tally.failed[f"{type(error).__name__}: {error}"] += 1
        self._selector.unregister(connection.socket)
        connection.socket.close()
        if more:
            self._open()


def request_bytes(host: str, port: int, path: str, body: str) -> bytes:
    """Return one request as it goes over the wire."""
    content = body.encode()
    head = f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


def main() -> None:
    """Take the order, run, tell."""
    order = json.loads(sys.stdin.readline())
    host, port = order["host"], order["port"]
    expected = {label: Expected(**facts) for label, facts in order["expected"].items()}
    requests = [request_bytes(host, port, order["path"], json.dumps(row)) for row in order["rows"]]
    loop = ClosedLoop(
        (host, port),
        requests,
        lambda reply, row: what_is_wrong(reply, row, expected, order["output_name"]),
    )
    print(loop.run(order["connections"], sys.stdin).as_json())


if __name__ == "__main__":
    main()
