"""Runs, versions and files of a year ago, and what is left of them."""

import os
from datetime import UTC, datetime, timedelta

from predictions.models import ModelVersion
from predictions.tests.factories import make_version
from scheduling.models import (
    Run,
)
from scheduling.tests.run_factory import make_running

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OLD = NOW - timedelta(days=365)


def ended(model, at=OLD, **columns):
    run = make_running(model, status="finished", finished_at=at, **columns)
    run.results.create(check_id="latency", level="pass", message="fine", seconds=0.1)
    return run


def old_version(model, name):
    version = make_version(model, name)
    ModelVersion.objects.filter(pk=version.pk).update(created_at=OLD)
    return version


def age(config):
    """All files were written long ago."""
    for path in config.MEDIA_ROOT.rglob("*"):
        os.utime(path, (OLD.timestamp(), OLD.timestamp()))


def files_of(config):
    return {
        str(path.relative_to(config.MEDIA_ROOT)) for path in config.MEDIA_ROOT.rglob("*") if path.is_file()
    }


def remaining():
    return set(Run.objects.values_list("pk", flat=True))
