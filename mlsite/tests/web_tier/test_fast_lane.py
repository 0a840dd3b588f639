"""Over real sockets, by the server of production, the fast lane answers as Django does; by ASGI too."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest

from mlsite.tests.processes import ROOT, clean_environment, run, url_of_test_database
from predictions.registry.promotion import Approval, promote

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
ROW = json.dumps({"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}).encode()
ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
DATE = re.compile(rb"(?i)^date: .*\r\n", re.MULTILINE)
PATHS = [b"/predict", b"/predict/", b"/api/models/iris/predict"]


def request(
    path=b"/predict", body=ROW, *headers, method=b"POST", host=b"localhost", protocol=b"HTTP/1.1"
):  # fmt: skip
    lines = [b"%s %s %s" % (method, path, protocol), b"Host: " + host, b"Connection: close", *headers]
    if not any(line.lower().startswith((b"content-length", b"transfer-encoding")) for line in headers):
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def chunked(body):
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:7], body[7:])) + b"0\r\n\r\n"


ODD_HEADERS = [
    b"Expect: 100-continue", b"Host: evil.example",
    b"Content-Type: text/plain\r\nContent-Type: application/json",
    b"Content-Encoding: gzip", b"Cookie: sessionid=x", b"Authorization: Token wrong", b"Content-Length: 20",
    b"X_Rehearsal_Version: 1", b"X-Forwarded-Proto: https",
]  # fmt: skip
REQUESTS = [
    *[request(path) for path in PATHS],
    *[request(path, b'{"sepallength": "x"}') for path in PATHS],
    *[request(path, chunked(ROW), b"Transfer-Encoding: chunked") for path in PATHS],
    *[request(path, b"", method=method) for path in PATHS for method in (b"GET", b"HEAD", b"OPTIONS")],
    *[request(path) for path in (b"//predict", b"/%70redict", b"/predict?a=b", b"/predict/../predict")],
    *[request(host=host) for host in (b"evil.example", b"LOCALHOST:80")],
    *[request(b"/predict", ROW, header) for header in ODD_HEADERS],
    *[request(b"/predict", body) for body in (b" " * 3_000_000 + ROW, b"\xff", b"")],
    request(protocol=b"HTTP/1.0"),
]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, sent):
    """Return the status line, the headers as a set, and the body, without date and ids."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(sent)
        got = b"".join(iter(lambda: connection.recv(65536), b""))
    got = got.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
    head, _, body = ID.sub(b"ID", DATE.sub(b"", got)).partition(b"\r\n\r\n")
    status, *headers = head.split(b"\r\n")
    return status, sorted(headers), body


def start(environment, port):
    server = ["--interface", "wsgi", "--blocking-threads", "2", "--workers-kill-timeout", "2", "--no-ws"]
    where = ["--port", str(port), "--log-level", "warning", "mlsite.wsgi:application"]
    command = [sys.executable, "-m", "granian", *server, *where]
    return subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)


def wait_for(port):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if b" 200 " in ask(port, request())[0]:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


@pytest.fixture
def environment(weak, config, tmp_path):
    promote(version=weak, replacing=None, approval=Approval(by="a test", reason="first"))
    database = {"DATABASE_URL": url_of_test_database(), "MEDIA_ROOT": str(config.MEDIA_ROOT)}
    return lambda lane: clean_environment(
        tmp_path / lane, **database | {"FAST_LANE": lane, "PYTHONHASHSEED": "0"}
    )


@pytest.fixture
def ports(environment):
    """The port of a server with the lane, and of one without."""
    ports = free_port(), free_port()
    servers = [start(environment(lane), port) for lane, port in zip(("true", "false"), ports, strict=True)]
    try:
        for port in ports:
            wait_for(port)
        yield ports
    finally:
        for server in servers:
            os.killpg(server.pid, signal.SIGTERM)
        for server in servers:
            server.wait(timeout=20)


def test_each_request_over_a_socket_is_answered_alike(ports):
    for _ in range(2):  # the first may be the one from which the lane learns
        for sent in REQUESTS:
            with_lane, without = (ask(port, sent) for port in ports)
            assert with_lane == without, sent[:200]


ASGI = """
import asyncio, json
from asgiref.testing import ApplicationCommunicator
from mlsite.asgi import application
async def ask():
    scope = {"type": "http", "http_version": "1.1", "method": "POST", "path": "/predict", "scheme": "http",
             "query_string": b"", "root_path": "",
             "headers": [(b"host", b"localhost"), (b"content-length", b"%d")]}
    http = ApplicationCommunicator(application, scope)
    await http.send_input({"type": "http.request", "body": %r})
    status = (await http.receive_output(20))["status"]
    parts = [await http.receive_output(20)]
    while parts[-1].get("more_body"):
        parts.append(await http.receive_output(20))
    await http.wait(20)  # a loop closed before the application has ended leaves its thread waiting for ever
    return status, json.loads(b"".join(part.get("body", b"") for part in parts))
print(json.dumps([asyncio.run(ask()) for _ in range(3)]))
"""


def test_it_answers_through_asgi(environment):
    ended = run("-c", ASGI % (len(ROW), ROW), environment=environment("true"))
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == [[200, {"species": 0, "model": "rf-12-base"}]] * 3
