"""Between a parent and its child: limits, and no orphan."""

import os
import resource
import subprocess
import sys

import pytest

from mlsite.tests.processes import ROOT
from scheduling.engine import limited_process
from scheduling.tests.process_factory import command, started

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")


def run(argv, *, memory_mb=1024, **options):
    argv = limited_process.command(memory_mb=memory_mb, argv=argv)
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False, **options)


def test_it_becomes_the_command_and_passes_its_exit_code_on():
    done = run([sys.executable, "-c", "print('hello'); raise SystemExit(7)"])
    assert (done.stdout, done.returncode) == ("hello\n", 7)


def test_the_command_runs_inside_the_limits():
    script = "from resource import *; print(*getrlimit(RLIMIT_AS), *getrlimit(RLIMIT_CORE))"
    size = 1024 * 2**20
    assert run([sys.executable, "-c", script]).stdout.split() == [str(size), str(size), "0", "0"]
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != size  # its own, not the test's


def test_memory_over_the_limit_is_refused():
    done = run([sys.executable, "-c", "x = bytearray(900 * 2**20)"], memory_mb=600)
    assert done.returncode == 1
    assert "MemoryError" in done.stderr


def test_it_does_not_begin_where_its_parent_is_gone():
    argv = limited_process.command(memory_mb=1024, argv=["echo", "begun"])
    argv[argv.index(str(os.getpid()))] = "1"
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert (done.stdout, done.stderr) == ("", "the parent is gone already\n")


@linux_only
def test_it_dies_with_its_parent(pipe):
    parent = started(
        f"""
from scheduling.engine import limited_process
subprocess.Popen(limited_process.command(memory_mb=1024, argv={command("ready(); time.sleep(60)")!r}))
time.sleep(60)
"""
    )
    pipe.wait_until_ready()
    parent.kill()
    parent.wait()
    pipe.wait_until_all_have_ended()


def test_a_child_finds_the_project_from_any_folder(tmp_path):
    argv = [sys.executable, "-c", "import mlsite, scheduling; print(mlsite.__file__)"]
    done = subprocess.run(
        argv, cwd=tmp_path, env=limited_process.environment(), capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == str(ROOT / "mlsite" / "__init__.py"), done.stderr
