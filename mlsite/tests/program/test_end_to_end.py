"""The whole program as its user starts it: `bin/run`, real processes, and a flip made by the schedule."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from mlsite.tests.processes import ROOT, predict

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(300)]


class Program:
    """`bin/run` in folders of its own, on a free port."""

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.process = None

    def __enter__(self):
        environment = os.environ | {
            "PORT": str(self.port),
            "PYTHON": sys.executable,
            "VAR_DIR": str(self.folder / "var"),
            "MEDIA_ROOT": str(self.folder / "media"),
        }
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(
            ["bash", "bin/run"], cwd=ROOT, env=environment, stdout=self.log, stderr=self.log,
            start_new_session=True,
        )  # fmt: skip
        try:
            self.wait_for(lambda: self.get("/health/ready")["status"] == "ready", seconds=90)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *args):
        """Ctrl-C reaches the whole foreground group, as in a terminal."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(timeout=20)
        self.log.close()

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as reply:
            return json.load(reply)

    def predict(self):
        return predict(self.port)

    def wait_for(self, condition, *, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process.poll() is None, (self.folder / "log").read_text()
            try:
                if condition():
                    return
            except (urllib.error.URLError, ConnectionError):
                pass  # not there yet
            time.sleep(0.2)
        raise AssertionError(f"not within {seconds} s:\n" + (self.folder / "log").read_text())

    def left_running(self):
        """The processes that have this program's folder in their environment."""
        marker = f"VAR_DIR={self.folder / 'var'}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if marker in (entry / "environ").read_bytes():
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" "))
            except OSError:
                pass  # it has ended meanwhile
        return found


def promotions(program):
    return program.get("/api/promotions")["results"]


def all_workers_serve_the_newest(program):
    """Each of many connections, which both workers share, is told what the ledger says."""
    newest = promotions(program)[0]["version"]
    return all(program.get("/current_model")["currentModelVersion"] == newest for _ in range(20))


def test_it_flips_by_itself_says_why_and_does_the_same_after_a_restart(tmp_path):
    program = Program(tmp_path)
    with program:
        assert program.get("/current_model") == {
            "currentModelName": "rf-12-base.joblib",
            "currentModelVersion": "1.0",
        }
        program.wait_for(lambda: program.get("/current_model")["currentModelVersion"] != "1.0", seconds=120)
        program.wait_for(lambda: all_workers_serve_the_newest(program), seconds=10)
        flipped_to = program.get("/current_model")
        newest = promotions(program)[0]
        [run] = [r for r in program.get("/api/runs")["results"] if r["decision"] == "promoted"]
        details = program.get(f"/api/runs/{run['id']}")
        body, version = program.predict()
        # The next run finds nothing better, says so, and keeps what is live.
        program.wait_for(lambda: later_runs(program, run["id"]), seconds=90)
        later = later_runs(program, run["id"])[0]
        live_later = program.get("/current_model")
    assert (newest["version"], newest["replaced_version"]) == (flipped_to["currentModelVersion"], "1.0")
    assert newest["reason"] == run["reason"]
    assert "f1_macro" in run["reason"]
    levels = {result["check"]: result["level"] for result in details["results"]}
    assert len(levels) == 15
    assert levels.pop("label_drift") == "not_applicable"  # the two sets are one, split evenly by label
    assert levels.pop("representative") == "not_applicable"  # too few requests to compare with
    assert set(levels.values()) <= {"pass", "warn"}
    assert all(result["limit"] and result["measured"] for result in details["results"])
    assert version == flipped_to["currentModelVersion"]
    assert body == {"species": 0, "model": run_name(flipped_to)}
    assert later["decision"] in ("cannot_tell", "kept")
    assert "f1_macro" in later["reason"]
    assert live_later == flipped_to
    assert program.left_running() == []
    with Program(tmp_path) as again:
        assert again.get("/current_model") == flipped_to
        assert again.predict() == (body, version)
    assert again.left_running() == []


def later_runs(program, run):
    runs = program.get("/api/runs")["results"]
    return [r for r in runs if r["id"] > run and (r["task"], r["status"]) == ("retrain", "finished")]


def run_name(current_model):
    return current_model["currentModelName"].removesuffix(".joblib")
