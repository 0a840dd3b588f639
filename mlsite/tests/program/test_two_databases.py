"""A project whose router keeps our tables out of `default`: nothing of ours is in it, or asks it anything."""

import json
import sqlite3
import time
from contextlib import closing

import pytest

from mlsite.tests.processes import predict
from mlsite.tests.program.example_shop import Shop, own_database

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]
DEMO = """
from datetime import timedelta
from django.utils import timezone
from django_apscheduler.models import DjangoJob
from predictions.models import RegisteredModel
from scheduling.engine.supervisor import Supervisor
from scheduling.models import CheckLimit
from scheduling.operations import demo
list(demo.set_up())
model = RegisteredModel.objects.get()
model.schedules.update(every_seconds=3600)
for check in ("latency", "api_health"):  # these depend on how busy the machine is
    CheckLimit.objects.create(registered_model=model, check_id=check, enabled=False)
assert Supervisor(once=True).run() == 0  # plans the demo's schedules
DjangoJob.objects.update(next_run_time=timezone.now() - timedelta(seconds=1))
"""
RUNS = """
import json
from scheduling.models import Run
print(json.dumps(list(Run.objects.order_by("pk").values_list("task", "decision", "reason"))))
"""
COUNTS = """
from predictions.models import Prediction, Promotion
print(Promotion.objects.count(), Prediction.objects.count())
"""


@pytest.fixture
def project(tmp_path):
    with own_database(tmp_path) as url:
        project = Shop(tmp_path, url)
        project.environment |= {
            "DJANGO_SETTINGS_MODULE": "mlsite.tests.program.two_databases",
            "HTTPS": "false",
        }
        yield project


def migrate_default(project, file):
    """Migrate the project's own database, and return the names of its tables."""
    with_default = project.environment | {"DEFAULT_DATABASE_URL": f"sqlite:///{file}"}
    without, project.environment = project.environment, with_default
    project.manage("migrate", "-v", "0")
    project.environment = without
    with closing(sqlite3.connect(file)) as default:
        return {name for (name,) in default.execute("SELECT name FROM sqlite_master")}


def test_nothing_of_ours_is_in_default_and_nothing_asks_it(project, tmp_path):
    names = migrate_default(project, tmp_path / "default.sqlite3")
    assert "django_session" in names
    assert not [
        name for name in names if name.startswith(("predictions", "scheduling", "auth", "django_aps"))
    ]
    # From here on `default` is no database at all: to connect to it would be an error.
    project.manage("migrate", "--database", "models", "-v", "0")
    project.shell(DEMO)
    project.manage("check", "--database", "models")
    with project.served():
        answered = [predict(project.port)[1]]
        assert answered == ["1.0"]
        project.manage("runapscheduler", "--once")
        runs = json.loads(project.shell(RUNS))
        assert ["retrain", "promoted"] in [run[:2] for run in runs], runs
        deadline = time.monotonic() + 60
        while answered[-1] != "1.1" and time.monotonic() < deadline:
            time.sleep(0.5)
            answered.append(predict(project.port)[1])
        assert answered[-1] == "1.1"
    project.manage("ingest_predictions", "--once")
    project.manage("status", expected=1)  # no scheduler runs now
    assert project.shell(COUNTS) == f"2 {len(answered)}"
