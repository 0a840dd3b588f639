"""`manage.py runapscheduler`: what it refuses, what it answers, and its exit code."""

import logging
import os
import signal

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from scheduling.engine.supervisor import Supervisor
from scheduling.management.commands.runapscheduler import _log_as_verbosely_as
from scheduling.models import Lease

SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT]


@pytest.fixture
def _same_signals():
    """What the test's process does on a signal is as before."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_it_refuses_a_database_that_lacks_migrations_and_says_what_to_do(db, monkeypatch):
    MigrationRecorder.Migration.objects.filter(app="scheduling").delete()
    monkeypatch.setattr(Supervisor, "run", lambda supervisor: pytest.fail("it began to schedule"))
    with pytest.raises(CommandError, match=r"manage\.py migrate"):
        call_command("runapscheduler")


@pytest.mark.parametrize("owner", [None, "host:1"])
def test_it_answers_whether_a_scheduler_leads(db, owner):
    if owner:
        Lease.objects.take(owner)
    with pytest.raises(SystemExit) as ended:
        call_command("runapscheduler", check=True)
    assert ended.value.code == (0 if owner else 1)


@pytest.mark.parametrize("check", [True, False])
def test_a_database_that_is_away_is_said_in_a_sentence(db, check):
    with connection.execute_wrapper(away), pytest.raises(CommandError, match="database"):
        call_command("runapscheduler", check=check)


@pytest.mark.usefixtures("_same_signals")
@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_asks_the_supervisor_to_stop(db, monkeypatch, number):
    def run(supervisor):
        os.kill(os.getpid(), number)
        assert supervisor._stopping
        return 75

    monkeypatch.setattr(Supervisor, "run", run)
    with pytest.raises(SystemExit) as ended:
        call_command("runapscheduler")
    assert ended.value.code == 75


@pytest.mark.usefixtures("_same_signals")
def test_it_passes_on_how_long_it_works_and_how_long_it_takes_to_stop(db, monkeypatch, config):
    asked = []
    monkeypatch.setattr(Supervisor, "__init__", lambda supervisor, **options: asked.append(options))
    monkeypatch.setattr(Supervisor, "run", lambda supervisor: 0)
    for arguments in ([], ["--once", "--shutdown-timeout", "2.5"]):
        with pytest.raises(SystemExit):
            call_command("runapscheduler", *arguments)
    assert asked == [
        {"once": False, "shutdown_seconds": config.SHUTDOWN_SECONDS},
        {"once": True, "shutdown_seconds": 2.5},
    ]


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "inf", "1e9"])
def test_a_timeout_that_is_none_is_refused(db, text):
    with pytest.raises(CommandError, match="86400"):
        call_command("runapscheduler", f"--shutdown-timeout={text}")


def test_it_either_works_or_answers(db):
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("runapscheduler", "--once", "--check")


@pytest.mark.parametrize(
    ("verbosity", "ours", "apschedulers"), [(0, 30, 40), (1, 0, 40), (2, 10, 40), (3, 10, 10)]
)
def test_v_chooses_what_is_logged(verbosity, ours, apschedulers):
    loggers = [logging.getLogger(name) for name in ("scheduling", "apscheduler")]
    before = [logger.level for logger in loggers]
    try:
        _log_as_verbosely_as(verbosity)
        assert [logger.level for logger in loggers] == [ours, apschedulers]
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def away(execute, sql, params, many, context):
    raise OperationalError("could not connect to server")
