"""The shop of the sources' tests, and a model that was trained on it once."""

from datetime import timedelta

import pytest

from predictions.tests.factories import make_version
from scheduling.sources.snapshots import snapshot
from scheduling.tests.run_factory import make_schedule
from scheduling.tests.sources.conftest import model, server_shop, shop
from scheduling.tests.sources.shop import NOW, make_retraining

__all__ = ["model", "server_shop", "shop"]
LATER = NOW + timedelta(days=10)


def make_new_rows(model, least=20, **columns):
    """A schedule that waits for so many new rows."""
    usual = {"name": "fresh rows", "task": "retrain", "trigger": "new_rows", "new_rows": least}
    return make_schedule(model, **usual | {"every_seconds": 600} | columns)


def make_drift(model, **columns):
    usual = {"name": "drifting", "task": "retrain", "trigger": "drift", "every_seconds": 600}
    return make_schedule(model, **usual | columns)


def trained(model, decision="kept"):
    """A version that learned from a snapshot of today; its run has ended."""
    run = make_retraining(model)
    rows = snapshot(run, model)
    version = make_version(model, f"run {run.pk}")
    version.training_dataset = rows.training
    type(version).objects.filter(pk=version.pk).update(training_dataset=rows.training)
    type(run).objects.close(run, status="finished", reason="Trained.", candidate=version, decision=decision)
    return run


@pytest.fixture
def waiting(model):
    return make_new_rows(model)
