"""`manage.py ingest_predictions`: exit codes, standing by, and stopping when asked."""

import signal
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from mlsite.tests.processes import ROOT, clean_environment, url_of_test_database
from predictions.log.ingester import Ingester
from predictions.management.commands import ingest_predictions
from predictions.management.commands.ingest_predictions import Ingesting
from predictions.models import Prediction
from predictions.tests.factories import make_model, make_version
from predictions.tests.spool_files import finished, left_in, line

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    return make_version(make_model("iris"), "rf")


@pytest.fixture(autouse=True)
def _connection_of_the_test(monkeypatch):
    """It is in a transaction: the loop would close it."""
    monkeypatch.setattr(ingest_predictions, "close_old_connections", lambda: None)
    monkeypatch.setattr(ingest_predictions.database, "close", lambda: None)


def once():
    with pytest.raises(SystemExit) as ended:
        call_command("ingest_predictions", once=True)
    return ended.value.code


def test_once_ingests_what_is_there_and_says_how_much(config, version, capsys):
    finished(config.SPOOL_DIR, line(version.pk), b"rubbish\n")
    assert once() == 0
    assert capsys.readouterr().out.count("1 ") == 2
    assert once() == 0


def test_once_ends_with_75_where_another_is_at_work(config, capsys):
    other = Ingester(config.SPOOL_DIR)
    assert other.lead()
    assert once() == 75
    assert capsys.readouterr().err
    other.close()


def test_a_folder_that_cannot_be_used_is_named(config, tmp_path):
    config.SPOOL_DIR = tmp_path / "file" / "spool"
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CommandError, match="SPOOL_DIR cannot be used"):
        call_command("ingest_predictions", once=True)


def test_the_loop_waits_for_a_database_that_is_away_and_says_so_once(config, version, monkeypatch, caplog):
    """Three steps find no database, the fourth has one, the fifth stops."""
    caplog.set_level("INFO")
    finished(config.SPOOL_DIR, line(version.pk))
    loop = Ingesting(config.SPOOL_DIR)
    step, steps = loop.ingester.step, []

    def stumble():
        steps.append(1)
        if len(steps) < 4:
            raise OperationalError("the server is gone\nand more")
        if len(steps) == 5:
            loop.ingester.stopped.set()
        return step()

    monkeypatch.setattr(loop.ingester, "step", stumble)
    monkeypatch.setattr(ingest_predictions, "POLL_SECONDS", 0.0)
    loop.run()
    assert [record.levelname for record in caplog.records].count("WARNING") == 1
    assert caplog.text.count("the server is gone") == 1
    assert len(caplog.messages) == len(set(caplog.messages)) == 6
    assert (Prediction.objects.count(), left_in(config.SPOOL_DIR)) == (1, [])
    loop.ingester.close()


def test_one_stands_by_until_the_other_has_ended(config, version, monkeypatch, caplog):
    caplog.set_level("INFO")
    finished(config.SPOOL_DIR, line(version.pk))
    other, loop = Ingester(config.SPOOL_DIR), Ingesting(config.SPOOL_DIR)
    assert other.lead()
    waits = []

    def wait(seconds):
        waits.append(Prediction.objects.count())
        if len(waits) == 2:
            other.close()
        if len(waits) == 3:
            loop.ingester.stopped.set()

    monkeypatch.setattr(loop.ingester.stopped, "wait", wait)
    loop.run()
    assert waits == [0, 0, 1]
    assert len(caplog.messages) == len(set(caplog.messages)) == 5
    loop.ingester.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_asked_with_little_in_memory(config, tmp_path, number):
    """Its lines are on standard error, and the libraries of training are not there."""
    environment = clean_environment(
        tmp_path, DATABASE_URL=url_of_test_database(), SPOOL_DIR=str(config.SPOOL_DIR)
    )
    script = (
        "import sys, atexit; from django.core.management import execute_from_command_line as run\n"
        "atexit.register(lambda: print({'sklearn', 'pandas', 'scipy'} & sys.modules.keys()))\n"
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'mlsite.settings'\n"
        "run(['manage.py', 'ingest_predictions'])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    said = [process.stderr.readline() for _ in range(2)]
    process.send_signal(number)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert str(config.SPOOL_DIR) in said[0]
    assert out == "set()\n"
