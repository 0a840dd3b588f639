"""`manage.py runapscheduler`: what it refuses, what it answers, and its exit code."""

import os
import signal

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from scheduling.models import Lease
from scheduling.supervisor import Supervisor


@pytest.fixture
def _same_signals():
    """What the test's process does on a signal is as before."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_it_refuses_a_database_that_lacks_migrations_and_says_what_to_do(db, monkeypatch):
    MigrationRecorder.Migration.objects.filter(app="scheduling").delete()
    monkeypatch.setattr(Supervisor, "run", lambda supervisor: pytest.fail("it began to schedule"))
    with pytest.raises(CommandError, match=r"lacks migrations. Run: manage\.py migrate"):
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
    with connection.execute_wrapper(away), pytest.raises(CommandError, match="The database does not"):
        call_command("runapscheduler", check=check)


@pytest.mark.usefixtures("_same_signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_the_supervisor_to_stop(db, monkeypatch, number):
    def run(supervisor):
        os.kill(os.getpid(), number)
        assert supervisor._stop.wait(10)
        return 75

    monkeypatch.setattr(Supervisor, "run", run)
    with pytest.raises(SystemExit) as ended:
        call_command("runapscheduler")
    assert ended.value.code == 75


def away(execute, sql, params, many, context):
    raise OperationalError("could not connect to server")
