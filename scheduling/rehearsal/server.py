"""The server of a rehearsal: it is started, asked by one client, measured from outside and stopped."""

import json
import socket
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, Any

import psutil
import urllib3

from predictions.conf import config, setting_name
from predictions.contract.error_texts import OUT_OF_MEMORY, kind_of, plain_text
from predictions.models import ModelVersion
from predictions.paths import path_info_of
from scheduling.engine import limited_process
from scheduling.evidence import rehearsed
from scheduling.evidence.rehearsed import (
    TOGETHER,
    MemoryLimitReached,
    NoAnswer,
    RehearsalFailed,
    ServerCrashed,
)
from scheduling.rehearsal.environment import HOST, PROBLEM, VERSION, WORDS
from scheduling.rehearsal.refusals import REFUSALS, refusal
from scheduling.rehearsal.starting import start

START_SECONDS = 40.0
LOAD_SECONDS = 30.0
REQUEST_SECONDS = 5.0
TOTAL_SECONDS = 90.0  # of one version's requests together
END_SECONDS = 5.0  # for a server whose worker has died to end
LONGEST = 300


@dataclass(kw_only=True)
class Server:
    """The process with its one connection, and the seconds that each version has spent."""

    process: subprocess.Popen[bytes]
    pool: urllib3.HTTPConnectionPool
    output: IO[bytes]
    spent: dict[int, float] = field(default_factory=lambda: defaultdict(float))

    def wait_until_ready(self) -> None:
        """Return once it answers. Raises `RehearsalFailed`."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise ServerCrashed(f"The server ended at its start ({self._end()}).", words=self._tail())
            try:
                self.pool.request("GET", path_info_of("health-live"), redirect=False)
                return
            except urllib3.exceptions.HTTPError:
                time.sleep(0.05)
        raise NoAnswer(f"The server was not ready within {START_SECONDS:g} s.", words=self._tail())

    def load(self, version: ModelVersion) -> tuple[float, float]:
        """Let it load one version; return the seconds and megabytes used. Raises `RehearsalFailed`."""
        before = self.memory_mb()
        path = path_info_of("health-ready")
        reply, seconds = self._request(version, path, "to be loaded", patience=LOAD_SECONDS)
        if reply.status != 200:
            said = reply.data.decode(errors="replace")
            if OUT_OF_MEMORY.search(said):
                raise self._memory_limit(version, "to be loaded", said)
            try:
                problem = "; ".join(map(str, json.loads(said)["problems"].values())).rstrip(".")
            except (ValueError, KeyError, TypeError, AttributeError):
                problem = "its server does not tell why"
            why = f"Version {version.label} cannot be loaded: {problem}."
            raise RehearsalFailed(why, version_id=version.pk, words=said)
        return seconds, self.memory_mb() - before

    def ask(self, version: ModelVersion, body: dict[str, Any], *, row: int | None = None) -> rehearsed.Reply:
        """Return its reply to one body, of this judged row if one is given. Raises `RehearsalFailed`."""
        try:
            return self._ask(version, path_info_of("predict"), body, "to answer one row")
        except RehearsalFailed as error:
            place = "" if row is None else f"row {row} of the judged rows"
            error.words = " | ".join(filter(None, (place, error.words)))
            raise

    def ask_together(self, version: ModelVersion, bodies: list[dict[str, Any]]) -> list[rehearsed.Reply]:
        """Return its replies to rows sent `TOGETHER` at a time. Raises `RehearsalFailed`."""
        path = path_info_of("predict-model", name=version.registered_model.name)
        parts = [bodies[start : start + TOGETHER] for start in range(0, len(bodies), TOGETHER)]
        what = "to answer {} rows in one request"
        return [self._ask(version, path, part, what.format(len(part))) for part in parts]

    def _ask(self, version: ModelVersion, path: str, rows: Any, what: str) -> rehearsed.Reply:
        if self.spent[version.pk] > TOTAL_SECONDS:
            why = f"All requests to version {version.label} together took more than {TOTAL_SECONDS:g} s."
            raise NoAnswer(why, version_id=version.pk)
        body = json.dumps(rows).encode()
        reply, seconds = self._request(version, path, what, patience=REQUEST_SECONDS, body=body)
        self.spent[version.pk] += seconds
        problem, words = (reply.headers.get(name, "") for name in (PROBLEM, WORDS))
        if reply.status == 500 and OUT_OF_MEMORY.search(problem):
            raise self._memory_limit(version, what, words)
        try:
            answer = {} if problem else json.loads(reply.data)  # an error page may be the project's
        except ValueError:
            why = f"Version {version.label} did not answer with JSON when it was asked {what}."
            words = reply.data[:LONGEST].decode(errors="replace")
            raise RehearsalFailed(why, version_id=version.pk, words=words) from None
        by = reply.headers.get("X-Model-Version")
        told = {"problem": problem, "words": words}
        return rehearsed.Reply(status=reply.status, body=answer, version=by, seconds=seconds, **told)

    def memory_mb(self) -> float:
        """Return the memory of all its processes, shared pages counted once. Raises `ServerCrashed`."""
        try:
            main = psutil.Process(self.process.pid)
            family = [main, *main.children(recursive=True)]
            used = [process.memory_full_info() for process in family]
        except psutil.Error as error:
            raise ServerCrashed(f"The server is gone ({kind_of(error)}).", words=self._tail()) from None
        return sum(getattr(memory, "pss", memory.rss) for memory in used) / 2**20  # pss is Linux's

    def _request(
        self, version: ModelVersion, path: str, what: str, *, patience: float, body: bytes | None = None
    ) -> tuple[urllib3.BaseHTTPResponse, float]:
        headers = {"Content-Type": "application/json", VERSION: str(version.pk)}
        started = time.perf_counter()
        try:
            method = "GET" if body is None else "POST"
            reply = self.pool.request(
                method, path, body=body, headers=headers, timeout=patience, redirect=False
            )
        except urllib3.exceptions.TimeoutError:
            why = f"Version {version.label} did not answer within {patience:g} s when it was asked {what}."
            raise NoAnswer(why, version_id=version.pk) from None
        except urllib3.exceptions.HTTPError as error:  # the server's end explains it, where it ended
            when = f"when version {version.label} was asked {what}"
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=END_SECONDS)
                tail = self._tail()
                if OUT_OF_MEMORY.search(tail):
                    raise self._memory_limit(version, what, tail) from error
                why = f"The server ended ({self._end()}) {when}."
                raise ServerCrashed(why, version_id=version.pk, words=tail) from error
            why = f"The connection failed {when} ({kind_of(error)})."
            raise RehearsalFailed(why, version_id=version.pk, words=plain_text(error)) from error
        if reply.status in REFUSALS:
            words = reply.data[:LONGEST].decode(errors="replace")
            raise RehearsalFailed(refusal(method, path, reply), words=words)
        return reply, time.perf_counter() - started

    def _memory_limit(self, version: ModelVersion, what: str, words: str) -> MemoryLimitReached:
        limit = f"{setting_name('CHILD_MEMORY_MB')} allows {config.CHILD_MEMORY_MB:,} MB"
        why = (
            f"Version {version.label} ran out of memory when it was asked {what}: {limit}. Raise that, or "
            "make the model smaller, such as by fewer trees or more rows in each leaf (min_samples_leaf)."
        )
        return MemoryLimitReached(why, version_id=version.pk, words=words)

    def _end(self) -> str:
        """How it ended; the launcher's 128 + n is the signal that its worker got."""
        code = self.process.wait()
        return limited_process.described(128 - code if code > 128 else code)

    def _tail(self) -> str:
        self.output.seek(0)
        return " | ".join(self.output.read().decode(errors="replace").split("\n")[-6:])


@contextmanager
def serve(versions: list[ModelVersion]) -> Iterator[Server]:
    """Start a server for these versions; none is loaded yet. Raises `RehearsalFailed`."""
    with socket.create_server((HOST, 0)) as probe:
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryFile() as output:
        process = start(versions, port, output)
        pool = urllib3.HTTPConnectionPool(HOST, port, timeout=REQUEST_SECONDS, retries=False)
        try:
            server = Server(process=process, pool=pool, output=output)
            server.wait_until_ready()
            yield server
        finally:
            pool.close()
            process.terminate()
            try:
                process.wait(timeout=4)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
