"""Clients that send their bodies slowly keep no worker of the reference deployment from answering others."""

import os
import re
import signal
import socket
import subprocess
import time

import pytest
import urllib3

from mlsite.tests.processes import ROOT, clean_environment, predict, url_of_test_database
from mlsite.tests.servers.server import until
from mlsite.tests.web_tier.test_fast_lane import ROW, free_port, request, wait_for
from predictions.registry.promotion import Approval, promote
from predictions.tests.factories import make_person, token_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
THREADS = 4
STAY = THREADS - 2
PATHS = ["/predict", "/api/models/iris/predict", "/v2/models/iris/infer"]  # the lane's first, and Django's


@pytest.fixture
def port(weak, config, tmp_path):
    """Of one worker, started by the line of the Procfile."""
    promote(version=weak, replacing=None, approval=Approval(by="a test", reason="first"))
    found = free_port()
    own = {"PORT": str(found), "WEB_WORKERS": "1", "WEB_THREADS": str(THREADS), "METRICS_PUBLIC": "true"}
    own |= {"DATABASE_URL": url_of_test_database(), "MEDIA_ROOT": str(config.MEDIA_ROOT), "HTTPS": "false"}
    environment = clean_environment(tmp_path, **own)
    line = re.search(r"^web: (.*)$", (ROOT / "Procfile").read_text(), re.MULTILINE)[1]
    server = subprocess.Popen(["bash", "-c", line], cwd=ROOT, env=environment, start_new_session=True)
    try:
        wait_for(found)
        yield found
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


class SlowClient:
    """It has sent the headers, and one byte of the body."""

    def __init__(self, port, path):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.path, sent = path, request(path.encode(), ROW, b"Content-Type: application/json")
        self.socket.sendall(sent[: -len(ROW) + 1])

    def is_answered(self):
        self.socket.settimeout(0.01)
        try:
            return bool(self.socket.recv(1, socket.MSG_PEEK))
        except TimeoutError:
            return False

    def answer(self):
        self.socket.settimeout(30)
        with self.socket:
            return b"".join(iter(lambda: self.socket.recv(65536), b""))


def ask(port, path, method="GET", **options):
    with urllib3.PoolManager(retries=False, timeout=30) as pool:
        return pool.request(method, f"http://127.0.0.1:{port}{path}", **options)


def counted_408(port):
    text = ask(port, "/metrics").data.decode()
    return sum(
        float(n) for n in re.findall(r'^http_requests_total{.*status="408"} (\S+)', text, re.MULTILINE)
    )


def test_more_slow_clients_than_threads_are_cut_but_for_two(port):
    clients = [SlowClient(port, path) for path in PATHS * THREADS]
    for _ in range(5):
        assert predict(port)[1] == "1.0"
        assert ask(port, "/health/live").status == 200
    until(lambda: sum(client.is_answered() for client in clients) >= len(clients) - STAY, "not cut")
    cut = [client for client in clients if client.is_answered()]
    stayed = [client for client in clients if client not in cut]
    assert len(stayed) == STAY
    for client in cut:
        answer = client.answer()
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert (b'{"error": ' if client.path.startswith("/v2") else b'"body_too_slow"') in answer
    for client in stayed:
        client.socket.sendall(ROW[1:])
        assert b" 408 " not in client.answer().partition(b"\r\n")[0]
    until(lambda: counted_408(port) == len(cut), "not all are counted")


def test_a_steady_upload_goes_through_beside_a_slow_client_and_predictions(port):
    slow = SlowClient(port, "/predict")
    boundary, size = b"x" * 16, 3 * 2**20
    token = token_of(make_person(is_superuser=True))["Authorization"].encode()
    head = b'--%s\r\nContent-Disposition: form-data; name="training"; filename="a.csv"\r\n\r\n' % boundary
    tail = b"\r\n--%s--\r\n" % boundary
    headers = [b"Content-Type: multipart/form-data; boundary=" + boundary, b"Authorization: " + token]
    headers.append(b"Content-Length: %d" % (len(head) + size + len(tail)))
    with socket.create_connection(("127.0.0.1", port), timeout=30) as upload:
        upload.sendall(request(b"/api/models", b"", *headers) + head)
        for _ in range(size // 2**16):
            upload.sendall(b"x" * 2**16)
            assert predict(port)[1] == "1.0"
            time.sleep(0.05)  # a megabyte a second: the pace is what is tested
        upload.sendall(tail)
        answer = b"".join(iter(lambda: upload.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")  # the whole form was read: it has no name
    assert b'"name"' in answer
    assert not slow.is_answered()
