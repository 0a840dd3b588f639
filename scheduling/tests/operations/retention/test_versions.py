"""Which versions prune retires and removes, and which stay."""

import pytest

from predictions.models import ModelVersion, Promotion
from predictions.tests.factories import make_live, make_version
from scheduling.operations import retention
from scheduling.operations.retention import prune
from scheduling.tests.operations.retention.old import NOW, age, ended, files_of, old_version
from scheduling.tests.run_factory import make_running

pytestmark = pytest.mark.django_db


def test_versions_that_were_never_live_are_retired_and_removed_but_the_last(wine):
    versions = [old_version(wine, f"v{i}") for i in range(5)]
    done = prune(wine, now=NOW)
    assert (done.retired, done.versions) == (3, 3)
    assert list(ModelVersion.objects.order_by("pk")) == versions[-2:]


def test_a_version_that_was_ever_live_stays_and_so_do_its_files(wine, config):
    was_live, is_live = old_version(wine, "first"), old_version(wine, "second")
    make_live(was_live)
    make_live(is_live)
    for i in range(4):
        old_version(wine, f"v{i}")
    age(config)
    prune(wine, now=NOW)
    assert {was_live, is_live} <= set(ModelVersion.objects.filter(retired_at=None))
    for version in (was_live, is_live):
        assert {version.artefact, version.served_form} <= files_of(config)
    assert Promotion.objects.count() == 2


def test_a_retired_version_that_a_run_speaks_of_keeps_its_row(wine):
    judged = old_version(wine, "judged")
    ended(wine, at=NOW, candidate=judged)
    for i in range(3):
        old_version(wine, f"v{i}")
    prune(wine, now=NOW)
    judged.refresh_from_db()
    assert judged.retired_at == NOW


def test_a_version_that_is_being_judged_is_not_retired(wine):
    judged = old_version(wine, "judged")
    make_running(wine, candidate=judged)
    for i in range(3):
        old_version(wine, f"v{i}")
    prune(wine, now=NOW)
    judged.refresh_from_db()
    assert judged.retired_at is None


def test_the_next_version_still_gets_a_new_number(wine, monkeypatch):
    monkeypatch.setattr(retention, "KEEP_LAST", 0)
    numbers = [old_version(wine, f"v{i}").number for i in range(3)]
    prune(wine, now=NOW)
    assert make_version(wine, "new").number == numbers[-1] + 1
