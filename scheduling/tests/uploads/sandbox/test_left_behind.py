"""However an upload ends while it is in the sandbox: no process of it goes on, no file of it stays.

Each of these ends real processes: a run's child, and the sandbox that it started.
"""

import os
import signal
import subprocess
import sys
import textwrap

import pytest

from mlsite.tests.processes import ROOT
from scheduling.engine import limited_process
from scheduling.engine.run_processes import Children
from scheduling.engine.supervisor import Supervisor
from scheduling.models import Run
from scheduling.models.schedule import Lane
from scheduling.runs.transitions import cancel_run
from scheduling.tests.engine_factory import without_threads
from scheduling.tests.model_files.upload_factory import as_skops, make_forest
from scheduling.tests.run_factory import EPOCH, make_parcel, make_run, make_running

pytestmark = pytest.mark.django_db(transaction=True)

# Stands for what opens the file: it has the question, says so, and never answers.
SANDBOX = """
import os, sys, time
question = sys.stdin.buffer.read()
pipe = os.open({pipe!r}, os.O_WRONLY)
os.write(pipe, b"!" if b"PK\\x03\\x04" in question and b"sepallength" in question else b"?")
time.sleep(120)
"""
# Does a run as `manage.py runjob` does, with that sandbox.
RUN = """
import os, sys
from pathlib import Path
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlsite.settings")
sys.path.insert(0, {root!r})
import django
django.setup()
from django.core.management import call_command
from scheduling.uploads import sandbox
sandbox.CHILD = Path({sandbox!r})
call_command("runjob", sys.argv[1], epoch=int(sys.argv[2]))
"""
# A scheduler that has started that run, and is busy.
SCHEDULER = """
import os, sys, time
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlsite.settings")
sys.path.insert(0, {root!r})
import django
django.setup()
from scheduling.engine import limited_process
from scheduling.engine.run_processes import Children
from scheduling.models import Run
from scheduling.models.schedule import Lane
command = limited_process.command
limited_process.command = lambda *, memory_mb, argv: command(
    memory_mb=memory_mb, argv=[sys.executable, {run!r}, argv[4], argv[6]]
)
Children().start(Run.objects.get(pk=sys.argv[1]))
time.sleep(120)
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch, server_uses_this_database):
    """The folder for temporary files, of its own, for this process and all that it starts."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("HTTPS", "false")
    return folder


@pytest.fixture
def scripts(tmp_path, pipe):
    """The paths of the three."""
    names = {"root": str(ROOT), "pipe": os.environ["TEST_PIPE"]}
    for name, text in (("sandbox", SANDBOX), ("run", RUN), ("scheduler", SCHEDULER)):
        path = tmp_path / f"{name}.py"
        path.write_text(textwrap.dedent(text).format(**names))
        names[name] = str(path)
    return names


@pytest.fixture
def children(monkeypatch, scripts, temporary):
    """Those of a scheduler, whose uploads stay in the sandbox."""
    command = limited_process.command
    monkeypatch.setattr(
        limited_process,
        "command",
        lambda *, memory_mb, argv: command(
            memory_mb=memory_mb, argv=[sys.executable, scripts["run"], argv[4], argv[6]]
        ),
    )
    children = Children()
    yield children
    children.stop()


def make_upload(model, **columns):
    parameters = make_parcel(as_skops(make_forest())).parameters | {"name": "ours", "trained_on": ""}
    return make_running(model, task="upload", parameters=parameters, **columns)


def left(config, temporary):
    folders = (config.MEDIA_ROOT / "quarantine", temporary)
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def end(children, how):
    """Let the run at work end in this way, and look after it as the main loop does."""
    process = children._children[0].process
    how()
    children.watch()
    process.wait(timeout=20)
    children.watch()
    assert set(children.free_lanes) == set(Lane)


@pytest.mark.parametrize(
    ("how", "status", "said"),
    [
        ("cancelled", "cancelled", "Cancelled by ann."),
        ("killed", "failed", "signal SIGKILL"),
        ("too long", "failed", "RUN_TIME_LIMIT_SECONDS"),
        ("stopped", "interrupted", "Interrupted: the scheduler was stopped."),
    ],
)
def test_nothing_stays(iris, children, pipe, config, temporary, how, status, said):
    run = make_upload(iris)
    children.start(run)
    pipe.wait_until_ready()
    assert left(config, temporary) == []  # nothing of it has a name even now
    ways = {
        "cancelled": lambda: cancel_run(run, by="ann"),
        "killed": lambda: os.kill(children._children[0].process.pid, signal.SIGKILL),
        "too long": lambda: setattr(config, "RUN_TIME_LIMIT_SECONDS", 0),
        "stopped": children.stop,
    }
    end(children, ways[how])
    pipe.wait_until_all_have_ended()
    run.refresh_from_db()
    assert (run.status, said in run.reason) == (status, True)
    assert left(config, temporary) == []


def test_nothing_stays_of_one_whose_sandbox_takes_too_long(
    iris, children, pipe, config, temporary, monkeypatch
):
    monkeypatch.setenv("UPDATE_MODEL_WAIT_SECONDS", "1")
    run = make_upload(iris)
    children.start(run)
    pipe.wait_until_all_have_ended()
    children._children[0].process.wait(timeout=20)
    children.watch()
    run.refresh_from_db()
    assert (run.status, " 0.5 s" in run.reason) == ("failed", True)
    assert left(config, temporary) == []


def test_nothing_stays_when_the_scheduler_is_killed_and_another_starts(
    iris, scripts, pipe, config, temporary, monkeypatch
):
    run = make_upload(iris, epoch=EPOCH)
    unread = make_upload(iris, epoch=EPOCH)  # claimed, and its child not come to read it
    scheduler = subprocess.Popen([sys.executable, scripts["scheduler"], str(run.pk)])
    pipe.wait_until_ready()
    scheduler.kill()
    scheduler.wait()
    pipe.wait_until_all_have_ended()
    assert [path.parent.name for path in left(config, temporary)] == [
        os.path.basename(unread.parameters["quarantine"])
    ]
    monkeypatch.setattr("scheduling.engine.supervisor.Ingester", lambda: None)
    with without_threads():
        supervisor = Supervisor()
        for _ in range(2):
            supervisor._step()
        supervisor._shut_down(0)
    assert set(Run.objects.values_list("status", flat=True)) == {"interrupted"}
    assert left(config, temporary) == []


def test_nothing_stays_of_one_that_waits_and_is_cancelled(iris, config, temporary):
    parameters = make_parcel().parameters
    cancel_run(make_run(iris, task="upload", parameters=parameters), by="ann")
    assert left(config, temporary) == []
