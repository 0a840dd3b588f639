"""A run whose process is killed during a search: no process, no folder and no semaphore of it stays."""

import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from mlsite.tests.processes import clean_environment, url_of_test_database
from scheduling.engine.run_processes import Children
from scheduling.models import Recipe
from scheduling.runs import drafts
from scheduling.search import pools
from scheduling.tests.run_factory import make_running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
SEMAPHORES = Path("/dev/shm")


@pytest.fixture
def searching(iris, config, tmp_path, monkeypatch):
    """A run that searches in a process of its own, and who looks after it."""
    Recipe.objects.filter(registered_model=iris).delete()
    Recipe.objects.create(
        registered_model=iris, kind="search", estimator="ExtraTreesClassifier", search_trials=1000,
        parameters={"n_estimators": [40, 50], "max_depth": list(range(1, 500))},
    )  # fmt: skip
    where = {
        "DATABASE_URL": url_of_test_database(),
        "MEDIA_ROOT": str(config.MEDIA_ROOT),
        "SEARCH_PROCESSES": "2",
    }
    for name, value in clean_environment(tmp_path, **where).items():
        monkeypatch.setenv(name, value)
    children, run = Children(), make_running(iris, task="retrain")
    children.start(run)
    until = time.monotonic() + 60
    while not run.trials.exists() and time.monotonic() < until:
        time.sleep(0.05)
    yield run, children
    children.stop()


@pytest.mark.parametrize("kill", [os.kill, os.killpg])
def test_nothing_of_it_stays(searching, config, kill):
    run, children = searching
    child = psutil.Process(children._children[0].process.pid)
    started = child.children(recursive=True)
    assert len(started) >= 2
    limits = {one.rlimit(psutil.RLIMIT_AS)[0] for one in started if "loky" in "".join(one.cmdline())}
    assert limits == {config.CHILD_MEMORY_MB * 2**20}
    folder = config.MEDIA_ROOT / drafts.FOLDER / f"run-{run.pk}"
    assert folder.exists()
    kill(child.pid, signal.SIGKILL)
    assert psutil.wait_procs(started, timeout=10)[1] == []  # before the scheduler looks
    children.watch()
    run.refresh_from_db()
    assert (run.status, "SIGKILL" in run.reason) == ("failed", True)
    drafts.sweep()
    assert not folder.exists()
    pools.sweep()  # as the next search does
    assert [path.name for path in SEMAPHORES.glob(f"sem.loky-{child.pid}-*")] == []
