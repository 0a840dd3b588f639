"""A hosted candidate is rehearsed and judged as any other, and a host that is killed comes back."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from sklearn.semi_supervised import LabelPropagation

from mlsite.tests.processes import ROOT, clean_environment
from predictions.hosted.session import is_heard
from predictions.registry.datasets import Tables
from scheduling.judging.judge import judge
from scheduling.model_host.own_host import own_host
from scheduling.models import CheckLimit
from scheduling.tests.run_factory import make_running
from scheduling.tests.version_factory import make_live
from scheduling.training.training import fit_and_register


@pytest.mark.django_db(transaction=True)
@pytest.mark.end_to_end
def test_a_hosted_candidate_is_rehearsed_and_compared_with_a_hosted_champion(
    iris, no_onnx, api, server_uses_this_database
):
    poor, candidate = [
        fit_and_register(
            LabelPropagation(gamma=gamma), name=f"lp-{gamma}", registered_model=iris, source="trained",
            created_by="a test", tables=Tables(),
        )
        for gamma in (0.0001, 20)
    ]  # fmt: skip
    make_live(poor)
    CheckLimit.objects.create(registered_model=iris, check_id="latency", blocking=False)
    run = make_running(iris)
    with own_host():
        judge(run, candidate)
    run.refresh_from_db()
    results = {result.check_id: result for result in run.results.all()}
    assert (run.status, run.decision, run.champion) == ("finished", "cannot_tell", poor), run.reason
    assert {result.level for result in results.values()} <= {"pass", "warn", "fail", "not_applicable"}
    parity = results["parity"].measured
    assert (parity["rows"], parity["label_differences"], parity["label_differences_together"]) == (45, 0, 0)


def wait_until(true, seconds=30):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def restarter(tmp_path, socket_path):
    """The process of the Procfile."""
    environment = clean_environment(tmp_path, MODEL_HOST_SOCKET=str(socket_path))
    arguments = ["-m", "scheduling.engine.restarter", "serve_models"]
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )
    wait_until(is_heard)
    yield process
    stopped_by(process, signal.SIGTERM)


def stopped_by(process, number):
    """The exit code after a signal, which is sent again as people press Ctrl-C again."""
    for _ in range(6):
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            return process.wait(timeout=5)
    for child in children_of(process.pid):
        os.kill(child, signal.SIGKILL)
    process.kill()
    raise AssertionError("it does not stop")


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


def test_a_killed_host_comes_back_and_a_stopped_one_does_not(restarter, socket_path):
    [first] = children_of(restarter.pid)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: children_of(restarter.pid) not in ([], [first]) and is_heard())
    assert stopped_by(restarter, signal.SIGINT) == 0
    assert not socket_path.exists()
    assert "Traceback" not in restarter.stderr.read()


def command(folder, *arguments):
    return subprocess.run(
        [sys.executable, "manage.py", "serve_models", *arguments],
        cwd=ROOT, env=clean_environment(folder), capture_output=True, text=True, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("arguments", [("--check",), ("--socket", "/" + "x" * 120), ("--socket", "/proc/no")])
def test_what_cannot_be_done_is_one_sentence(tmp_path, arguments):
    done = command(tmp_path, *arguments)
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: ")
    assert "Traceback" not in done.stderr


def test_a_second_host_is_told_so(restarter, tmp_path, socket_path):
    done = command(tmp_path, "--socket", str(socket_path))
    assert done.returncode == 1
    assert command(tmp_path, "--socket", str(socket_path), "--check").returncode == 0
