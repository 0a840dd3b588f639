"""The lane test: a training hangs, and what went live is looked at and rolled back beside it.

The scheduler, the training, the look and the roll back are the real processes.
"""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from mlsite.tests.processes import ROOT, clean_environment, url_of_test_database
from predictions.models import Promotion
from predictions.models.promotion import live_promotion, live_version
from scheduling.models import Run, Watch
from scheduling.tests.run_factory import make_run
from scheduling.tests.version_factory import make_live
from scheduling.tests.watch_factory import BLOCK, TWO, count_block, log_block, watched
from scheduling.watch.opening import open_watch

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.end_to_end,
    pytest.mark.skipif(not Path("/proc").exists(), reason="finds processes as Linux shows them"),
]
ROWS = [(5.1, 3.5, 1.4, 0.2), (6.3, 2.9, 5.6, 1.8)] * 10


@pytest.fixture
def scheduler(iris, config, tmp_path):
    """The real one, on the rows and files of this test."""
    iris.schedules.update(enabled=False)
    environment = clean_environment(
        tmp_path, DATABASE_URL=url_of_test_database(), MEDIA_ROOT=str(config.MEDIA_ROOT),
        SPOOL_DIR=str(config.SPOOL_DIR), HTTPS="false",
    )  # fmt: skip
    argv = [sys.executable, "manage.py", "runapscheduler", "--shutdown-timeout", "0"]
    process = subprocess.Popen(argv, cwd=ROOT, env=environment)
    yield process
    process.terminate()
    assert process.wait(timeout=20) == 0


def wait_for(condition):
    deadline = time.monotonic() + 60
    while not (found := condition()):
        assert time.monotonic() < deadline, list(Run.objects.values_list("task", "status", "reason"))
        time.sleep(0.1)
    return found


def processes_of(run):
    """The ids of the processes that work on a run."""
    wanted = f"runjob\0{run.pk}\0".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if wanted in entry.read_bytes():
                found.append(int(entry.parent.name))
        except OSError:
            pass  # it has ended meanwhile
    return found


def hanging(iris):
    """A training that the scheduler has started, and that does nothing any more."""
    run = make_run(iris, task="retrain")
    for pid in wait_for(lambda: processes_of(run)):
        os.kill(pid, signal.SIGSTOP)
    return run


def failing_for_an_hour(version):
    """A flip whose version has failed from the first block on; before it all was well."""
    watched(version.registered_model, minutes=0)
    promotion = make_live(version)
    at = timezone.now() - timedelta(hours=1)
    Promotion.objects.filter(pk=promotion.pk).update(at=at)
    promotion.refresh_from_db()
    for i in range(1, 25):
        log_block(promotion.replaced_version, at - i * BLOCK, ROWS)
    for i in range(12):
        for who in TWO:
            count_block(version, at + i * BLOCK, answered=0, failed=25, only_failed=25, who=who)
    watched(version.registered_model, minutes=120)
    return open_watch(promotion)


def test_a_bad_version_is_rolled_back_while_a_training_hangs(scheduler, iris, live, strong):
    training = hanging(iris)
    watch = failing_for_an_hour(strong)
    wait_for(lambda: live_version(iris) == live)
    training.refresh_from_db()
    assert (training.status, len(processes_of(training))) == ("running", 1)
    watch = Watch.objects.get(pk=watch.pk)
    assert (watch.status, watch.roll_back) == ("rolled_back", live_promotion(iris))
    assert (watch.run.task, watch.run.status) == ("watch", "finished")
    assert Run.objects.filter(task="watch").count() == 1
