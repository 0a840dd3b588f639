"""The prediction log with real processes: killed under load, nothing acknowledged is lost."""

import http.client
import json
import logging
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from mlsite.tests.processes import ROOT, clean_environment, run, url_of_test_database
from predictions.models import Prediction
from predictions.registry.promotion import Approval, promote
from predictions.tests.spool_files import left_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
BODY = json.dumps({"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2})
log = logging.getLogger(__name__)
RESPAWN_SECONDS = 5.0
SECONDS = float(os.environ.get("LOG_CHAOS_SECONDS", "8"))


class Client(threading.Thread):
    """Asks until told to stop, and keeps the ids of what was answered."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.ids, self.failed, self.stopped = port, [], 0, False

    def run(self):
        http_connection = None
        while not self.stopped:
            try:
                http_connection = http_connection or http.client.HTTPConnection(
                    "127.0.0.1", self.port, timeout=5
                )
                http_connection.request("POST", "/predict", BODY, {"Content-Type": "application/json"})
                reply = http_connection.getresponse()
                reply.read()
                if reply.status == 200:  # else a worker that started while the database was away
                    self.ids.append(UUID(reply.headers["X-Prediction-Id"]))
            except (OSError, http.client.HTTPException):
                self.failed += 1  # its worker was killed
                http_connection = None
                time.sleep(0.02)


class Processes:
    """A web server with two workers, and an ingester."""

    def __init__(self, environment):
        self.environment = environment
        self.killed_at = 0.0
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.port = taken.getsockname()[1]
        self.server = self.start(
            "-m", "granian", "--interface", "wsgi", "--port", str(self.port), "--workers", "2",
            "--blocking-threads", "2", "--respawn-failed-workers", "--log-level", "error",
            "mlsite.wsgi:application",
        )  # fmt: skip
        self.ingester = self.start("manage.py", "ingest_predictions")

    def start(self, *arguments):
        return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=self.environment)

    def kill_a_worker(self):
        """Not one that has just been started: the server takes that for a crash loop, and ends."""
        if time.monotonic() - self.killed_at < RESPAWN_SECONDS:
            self.kill_the_ingester()
            return
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text().split()
        workers = [pid for pid in children if b"granian" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        os.kill(int(random.choice(workers)), signal.SIGKILL)
        self.killed_at = time.monotonic()

    def kill_the_ingester(self):
        self.ingester.kill()
        self.ingester.wait()
        self.ingester = self.start("manage.py", "ingest_predictions")

    def end(self):
        for process in (self.server, self.ingester):
            process.kill()
            process.wait()


def wait_for(condition, *, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.1)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds workers as Linux shows them")
def test_no_acknowledged_prediction_is_lost_whoever_is_killed(weak, config, tmp_path):
    promote(version=weak, replacing=None, approval=Approval(by="a test", reason="first"))
    environment = clean_environment(
        tmp_path, DATABASE_URL=url_of_test_database(), MEDIA_ROOT=str(config.MEDIA_ROOT),
        SPOOL_DIR=str(config.SPOOL_DIR),
    )  # fmt: skip
    processes = Processes(environment)
    clients = [Client(processes.port) for _ in range(4)]
    kills = 0
    try:
        for client in clients:
            client.start()
        wait_for(lambda: all(client.ids for client in clients), seconds=60)
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            time.sleep(random.uniform(0.3, 1.5))
            random.choice([processes.kill_a_worker, processes.kill_the_ingester])()
            kills += 1
        for client in clients:
            client.stopped = True
        for client in clients:
            client.join(timeout=10)
    finally:
        processes.end()
    wait_for(lambda: unlocked(config.SPOOL_DIR), seconds=10)
    ended = run("manage.py", "ingest_predictions", "--once", environment=environment)
    assert ended.returncode == 0, ended.stderr
    connection.close()  # the database may have been restarted by whoever runs this for longer
    acknowledged = [id for client in clients for id in client.ids]
    stored = set(Prediction.objects.values_list("pk", flat=True))
    log.info("%s acknowledged, %s stored, %s kills", len(acknowledged), len(stored), kills)
    assert len(set(acknowledged)) == len(acknowledged) > 100
    assert set(acknowledged) <= stored
    assert len(stored) - len(acknowledged) <= kills * len(clients)  # logged, and killed before the reply
    assert [name for name in left_in(config.SPOOL_DIR) if not name.startswith("rejected/")] == []


def unlocked(folder):
    """Whether the workers have ended: they die a moment after their main process."""
    from predictions.log import segments

    for segment in segments.segments(folder):
        with segment.open() as file:
            if not segments.is_finished(file.fileno()):
                return False
    return True
