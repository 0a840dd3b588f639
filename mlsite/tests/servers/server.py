"""A web server of any kind in a process of its own, and what its workers do."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import urllib3

from mlsite.tests.processes import ROOT
from predictions.models import Worker

ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}
SECONDS = 60


def until(find, what):
    """Return what is found, as soon as it is true."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if found := find():
            return found
        time.sleep(0.05)
    raise AssertionError(what)


class Server:
    """The process, and the statuses of all predictions that it was asked for."""

    def __init__(self, command, port, environment, log):
        self.url, self.log = f"http://127.0.0.1:{port}/ml", log
        self.statuses, self.versions = Counter(), Counter()
        argv = [sys.executable, *command]
        self.process = subprocess.Popen(
            argv, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )

    def request(self, path, method="GET", **options):
        with urllib3.PoolManager(retries=False, timeout=30) as pool:
            return pool.request(method, self.url + path, headers={"Connection": "close"}, **options)

    def predict(self, _=None):
        """Ask for one prediction; None while nobody listens."""
        try:
            reply = self.request("/predict", "POST", json=ROW)
        except urllib3.exceptions.HTTPError as error:
            if "refused" in str(error):
                return None
            raise
        self.statuses[reply.status] += 1
        self.versions[reply.headers.get("X-Model-Version")] += 1
        return reply

    def ask_all(self, workers):
        """Ask for predictions, several at once, until each worker has answered one."""
        until(self.predict, "the server does not answer")
        with ThreadPoolExecutor(4) as pool:
            until(
                lambda: list(pool.map(self.predict, range(8))) and Worker.objects.count() >= workers,
                self.said(),
            )

    def said(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def end(self):
        """End it as a supervisor does."""
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        finally:
            with suppress(ProcessLookupError):  # `runserver` leaves the process that it has started
                os.killpg(self.process.pid, signal.SIGKILL)


def metric(text, name, **labels):
    """Return the value of one series; 0 if it is not there."""
    wanted = {f'{key}="{value}"' for key, value in labels.items()}
    for line in text.splitlines():
        start, _, value = line.rpartition(" ")
        if start.startswith(name + "{") and wanted <= set(start.partition("{")[2].rstrip("}").split(",")):
            return float(value)
    return 0.0
