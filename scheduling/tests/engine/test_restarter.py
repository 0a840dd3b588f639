"""The scheduler is started again when it gave way to another one, or died after a good start."""

import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from mlsite.tests.processes import ROOT
from scheduling.engine import restarter
from scheduling.tests.process_factory import PRELUDE


@pytest.fixture(autouse=True)
def _same_signals():
    """What the test's process does on a signal is as before."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def schedulers(tmp_path, monkeypatch):
    """Let schedulers end with these codes, one after the other; return what they were started with."""

    def end_with(*codes):
        script = tmp_path / "python"
        log, left = tmp_path / "log", tmp_path / "codes"
        log.touch()
        left.write_text("".join(f"{code}\n" for code in codes))
        script.write_text(
            f'#!/bin/sh\necho "$@" >> {log}\ncode=$(head -n 1 {left})\nsed -i.old 1d {left}\nexit $code\n'
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr(sys, "executable", str(script))
        monkeypatch.setattr(sys, "argv", ["restarter", "runapscheduler"])
        return log

    return end_with


def test_it_starts_another_after_75_until_one_ends_otherwise(schedulers):
    log = schedulers(75, 75, 0, 9)
    assert restarter.main() == 0
    assert log.read_text().splitlines() == ["manage.py runapscheduler"] * 3


@pytest.mark.parametrize("code", [0, 1, 2])
def test_it_ends_with_any_other_code(schedulers, code):
    log = schedulers(code, 75)
    assert restarter.main() == code
    assert len(log.read_text().splitlines()) == 1


@pytest.mark.parametrize("code", [1, 137])
def test_one_that_died_after_a_good_start_is_started_again(schedulers, monkeypatch, code):
    monkeypatch.setattr(restarter, "GOOD_START_SECONDS", 0.0)
    log = schedulers(code, 75, 0, 9)
    assert restarter.main() == 0
    assert len(log.read_text().splitlines()) == 3


def test_a_model_host_is_always_started_again(schedulers, monkeypatch):
    monkeypatch.setattr(restarter, "PAUSE_SECONDS", 0.0)
    log = schedulers(1, 139, 2, 0, 9)
    monkeypatch.setattr(sys, "argv", ["restarter", "serve_models"])
    assert restarter.main() == 0
    assert log.read_text().splitlines() == ["manage.py serve_models"] * 4


def test_it_passes_its_arguments_on(schedulers, monkeypatch):
    log = schedulers(0)
    monkeypatch.setattr(sys, "argv", ["restarter", "runapscheduler", "-v", "2"])
    restarter.main()
    assert log.read_text() == "manage.py runapscheduler -v 2\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("code", [0, 75])
def test_it_passes_a_signal_on_and_starts_none_again(tmp_path, pipe, number, code):
    scheduler = tmp_path / "manage.py"
    ends = f"lambda *_: os._exit({code})"
    handlers = f"signal.signal(signal.SIGTERM, {ends}); signal.signal(signal.SIGINT, {ends})"
    scheduler.write_text(f"{PRELUDE}\n{handlers}\nready()\ntime.sleep(60)\n")
    process = subprocess.Popen(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
         "from scheduling.engine import restarter; sys.exit(restarter.main())", "runapscheduler"],
        cwd=tmp_path,
    )  # fmt: skip
    pipe.wait_until_ready()
    process.send_signal(number)
    assert process.wait(timeout=20) == code
    pipe.wait_until_all_have_ended()


def test_a_signal_that_comes_while_a_scheduler_is_being_started_reaches_it(tmp_path, monkeypatch):
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\ntrap 'exit 0' TERM\nfor i in 1 2 3 4 5 6 7 8; do sleep 0.1; done\nexit 9\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    monkeypatch.setattr(sys, "argv", ["restarter", "runapscheduler"])

    class InterruptedPopen(subprocess.Popen):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            time.sleep(0.2)  # the script has set its trap
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(restarter.subprocess, "Popen", InterruptedPopen)
    assert restarter.main() == 0
