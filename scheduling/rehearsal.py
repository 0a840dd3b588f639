"""The candidate behind the real serving path: a server of the same code, on a free loopback port.

What is measured is the candidate, not the version that is live, and whatever it does, it does there.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings

from predictions.feature import Kind
from predictions.models import ModelVersion
from predictions.signature import SignatureSpec
from scheduling import child

if TYPE_CHECKING:
    import urllib3

HOST = "127.0.0.1"
START_SECONDS = 40.0
REQUEST_SECONDS = 5.0
TOTAL_SECONDS = 120.0
WARM_UP_REQUESTS = 5


class RehearsalFailed(Exception):
    """The candidate's server did not start, ended, or did not answer in time."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer over HTTP, with what the client waited for it."""

    status: int
    body: dict[str, Any]
    version: str | None
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """One reply per row, one per kind of bad request, and how long the server took to be ready."""

    replies: list[Reply]
    refusals: dict[str, Reply]
    load_seconds: float


def rehearse(version: ModelVersion, rows: list[tuple[Any, ...]]) -> Rehearsal:
    """Send each row, then bad requests, one at a time. Raises `RehearsalFailed`."""
    spec = version.signature.spec()
    bodies = [dict(zip((f.name for f in spec.features), row, strict=True)) for row in rows]
    with _server(version) as (pool, load_seconds):
        deadline = time.monotonic() + TOTAL_SECONDS
        for body in bodies[:WARM_UP_REQUESTS]:
            _ask(pool, body, deadline)
        return Rehearsal(
            replies=[_ask(pool, body, deadline) for body in bodies],
            refusals={name: _ask(pool, body, deadline) for name, body in bad_requests(spec).items()},
            load_seconds=load_seconds,
        )


def bad_requests(spec: SignatureSpec) -> dict[str, dict[str, Any]]:
    """Requests that the signature must refuse, by what is wrong with them."""
    bad: dict[str, dict[str, Any]] = {"no field at all": {}}
    for feature in spec.features:
        if not feature.required:
            continue
        others = {key: value for key, value in spec.example.items() if key != feature.name}
        bad[f"{feature.name} missing"] = others
        rubbish = 5 if feature.kind is Kind.TEXT else "rubbish"
        bad[f"{feature.name} of another type"] = others | {feature.name: rubbish}
    return bad


def _ask(pool: urllib3.HTTPConnectionPool, body: dict[str, Any], deadline: float) -> Reply:
    import urllib3

    if time.monotonic() > deadline:
        raise RehearsalFailed(f"the rehearsal took over {TOTAL_SECONDS:g} seconds")
    content = json.dumps(body).encode()
    started = time.perf_counter()
    try:
        reply = pool.request("POST", "/predict", body=content, headers={"Content-Type": "application/json"})
        seconds = time.perf_counter() - started
        answer = json.loads(reply.data)
    except urllib3.exceptions.TimeoutError:
        raise RehearsalFailed(f"no answer within {REQUEST_SECONDS:g} s to {body}") from None
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise RehearsalFailed(f"no answer to {body}: {error}") from error
    return Reply(
        status=reply.status,
        body=answer,
        version=reply.headers.get("X-Model-Version"),
        seconds=seconds,
    )


@contextmanager
def _server(version: ModelVersion) -> Iterator[tuple[urllib3.HTTPConnectionPool, float]]:
    import urllib3

    port = _free_port()
    with tempfile.TemporaryFile() as output:
        started = time.monotonic()
        process = _start(version, port, output)
        pool = urllib3.HTTPConnectionPool(HOST, port, timeout=REQUEST_SECONDS, retries=False)
        try:
            _wait_until_ready(process, pool, output)
            yield pool, time.monotonic() - started
        finally:
            pool.close()
            _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _start(version: ModelVersion, port: int, output: IO[bytes]) -> subprocess.Popen[bytes]:
    serve = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST]
    serve += ["--port", str(port), "--workers", "1", "--blocking-threads", "1", "--no-ws"]
    serve += ["--workers-kill-timeout", "2", "mlsite.wsgi:application"]
    return subprocess.Popen(
        child.command(memory_mb=settings.CHILD_MEMORY_MB, argv=serve),
        cwd=child.ROOT,
        env=os.environ | {"REHEARSAL_VERSION": str(version.pk), "HTTPS": "false", "ALLOWED_HOSTS": HOST},
        stdout=output,
        stderr=subprocess.STDOUT,
    )


def _wait_until_ready(
    process: subprocess.Popen[bytes], pool: urllib3.HTTPConnectionPool, output: IO[bytes]
) -> None:
    import urllib3

    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RehearsalFailed(f"its server ended with {process.returncode}: {_tail(output)}")
        try:
            reply = pool.request("GET", "/health/ready")
            if reply.status == 200:
                return
            raise RehearsalFailed(f"it does not load: {reply.data.decode(errors='replace')}")
        except urllib3.exceptions.HTTPError:
            time.sleep(0.05)
    raise RehearsalFailed(f"its server was not ready within {START_SECONDS:g} s: {_tail(output)}")


def _tail(output: IO[bytes]) -> str:
    output.seek(0)
    return " | ".join(output.read().decode(errors="replace").split("\n")[-6:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=4)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
