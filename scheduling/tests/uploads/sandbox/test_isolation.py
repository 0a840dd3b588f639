"""The walls round the sandbox: what stands is tried, and what cannot stand stops nothing."""

import json
import os
import subprocess
import sys
import textwrap

import pytest
from django.core.checks.registry import registry

from mlsite.tests.processes import ROOT
from scheduling.uploads import system_checks
from scheduling.uploads.system_checks import check_uploads, standing

# Puts up the walls, then tries what they forbid, and says what was possible.
TRY = """
import json, os, socket, subprocess, sys
sys.path.insert(0, {root!r})
from scheduling.uploads.isolation import isolate
walls = isolate()
possible = []
def attempt(name, call):
    try:
        call()
        possible.append(name)
    except OSError:
        pass
def connect():
    with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5):
        pass
attempt("read a file", lambda: open({secret!r}).read())
attempt("list the project", lambda: os.listdir({root!r}))
attempt("write a file", lambda: open({new!r}, "w"))
attempt("start a program", lambda: os.posix_spawn("/bin/true", ["true"], {{}}))
attempt("connect", connect)
attempt("send", lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", int(sys.argv[1]))))
attempt("signal its parent", lambda: os.kill(os.getppid(), 0))
attempt("read our code", lambda: open({code!r}).read())
import numpy, scipy.linalg
print(json.dumps([walls, possible, os.getuid()]))
"""


@pytest.fixture
def tried(tmp_path):
    """The walls that stand, what was possible inside, and the user."""
    import socket

    secret = tmp_path / "secret"
    secret.write_text("a secret")
    script = textwrap.dedent(TRY).format(
        root=str(ROOT), secret=str(secret), new=str(tmp_path / "new"), code=str(ROOT / "scheduling/apps.py")
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        argv = [sys.executable, "-I", "-c", script, str(server.getsockname()[1])]
        done = subprocess.run(argv, capture_output=True, timeout=60, check=True)
    return json.loads(done.stdout)


def test_each_wall_that_stands_holds_and_our_code_is_still_read(tried):
    walls, possible, user = tried
    assert "read our code" in possible
    if "files" in walls:
        assert not {"read a file", "list the project", "write a file", "start a program"} & set(possible)
    if {"network", "tcp"} & set(walls):
        assert "connect" not in possible
    if "network" in walls:
        assert "send" not in possible
    assert ("user" in walls) == (user != os.getuid())


def test_what_stands_is_told_by_the_check(monkeypatch):
    assert set(standing()) <= {"network", "user", "files", "tcp"}
    monkeypatch.setattr(system_checks, "standing", lambda: ["network", "user", "files", "tcp"])
    assert check_uploads() == []
    monkeypatch.setattr(system_checks, "standing", list)
    assert [message.id for message in check_uploads()] == [
        "scheduling.W001",
        "scheduling.W002",
    ]
    assert check_uploads in registry.deployment_checks


def test_a_trusted_package_that_is_not_installed_is_told(monkeypatch, config):
    monkeypatch.setattr(system_checks, "standing", lambda: list(system_checks.WALLS))
    config.TRUSTED_MODULES = ["json", "nobody_has_this"]
    (message,) = check_uploads()
    assert (message.id, "nobody_has_this" in message.msg) == ("scheduling.W003", True)


def test_where_the_system_forbids_everything_nothing_fails(monkeypatch):
    """As in a container that allows neither namespaces nor Landlock, as an ordinary user."""
    from scheduling.uploads import isolation

    class Forbids:
        def unshare(self, flags):
            return -1

        def syscall(self, *arguments):
            return -1

        def capset(self, *arguments):
            return -1

        prctl = capset

    monkeypatch.setattr(isolation, "libc", Forbids())
    monkeypatch.setattr(isolation.os, "geteuid", lambda: 1000)
    assert isolation.isolate(["no_such_package"]) == []


def test_it_starts_quickly():
    import time

    started = time.monotonic()
    standing()
    assert time.monotonic() - started < 5  # 0.05 s on an idle machine
