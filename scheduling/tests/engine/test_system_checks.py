"""What `manage.py check` says of the scheduler and of the hosts that work together."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from predictions.models import Worker
from scheduling.apps import SchedulingConfig
from scheduling.engine import system_checks
from scheduling.engine.leading import SIGN, take_lead
from scheduling.models import Lease
from scheduling.operations.stored_files import examine_files

HERE = {"databases": ["default"]}
OWNER = "work:1:aa"


def ids(messages):
    return [message.id for message in messages]


@pytest.mark.parametrize("missing", ["predictions", "django_apscheduler"])
def test_scheduling_does_not_load_without_what_it_builds_on(monkeypatch, missing):
    monkeypatch.setattr(apps, "is_installed", lambda name: name != missing)
    with pytest.raises(Exception, match=f"lacks {missing}"):
        SchedulingConfig.create("scheduling").import_models()


@pytest.mark.django_db
def test_nobody_leads():
    assert ids(system_checks.check_scheduler(**HERE)) == ["scheduling.W004"]
    take_lead(OWNER)
    assert system_checks.check_scheduler(**HERE) == []
    ago = timezone.now() - timedelta(seconds=50)  # gone, but it may be on its way back
    Lease.objects.update(renewed_at=ago, expires_at=ago)
    assert system_checks.check_scheduler(**HERE) == []
    ago -= timedelta(seconds=20)
    Lease.objects.update(renewed_at=ago, expires_at=ago)
    assert ids(system_checks.check_scheduler(**HERE)) == ["scheduling.W004"]


@pytest.mark.django_db
def test_a_media_folder_that_the_leader_does_not_share(config):
    assert system_checks.check_media_is_shared(**HERE) == []  # nobody leads
    take_lead(OWNER)
    assert system_checks.check_media_is_shared(**HERE) == []
    (config.MEDIA_ROOT / SIGN).write_text("another:2:bb")
    assert ids(system_checks.check_media_is_shared(**HERE)) == ["scheduling.W005"]
    (config.MEDIA_ROOT / SIGN).unlink()
    assert ids(system_checks.check_media_is_shared(**HERE)) == ["scheduling.W005"]


@pytest.mark.django_db
def test_the_sign_is_no_unknown_file(config, monkeypatch):
    monkeypatch.setattr("scheduling.operations.stored_files.GRACE_SECONDS", -60)
    take_lead(OWNER)
    (config.MEDIA_ROOT / "stray").write_text("x")
    assert [file.path for file in examine_files()] == ["stray"]


@pytest.mark.django_db
def test_who_leads_without_a_media_folder_leads_all_the_same(config):
    config.MEDIA_ROOT.write_text("a file")
    assert take_lead(OWNER)[0] == 1


@pytest.mark.django_db
def test_sqlite_with_two_hosts():
    now, expected = timezone.now(), ["scheduling.W006"] if connection.vendor == "sqlite" else []
    take_lead(OWNER)
    Worker.objects.create(host="work", pid=1, since=now, seen_at=now)
    assert system_checks.check_sqlite(**HERE) == []
    Worker.objects.create(host="web", pid=1, since=now, seen_at=now)
    assert ids(system_checks.check_sqlite(**HERE)) == expected


def test_none_asks_a_database_that_is_not_named():
    for check in (
        system_checks.check_scheduler,
        system_checks.check_media_is_shared,
        system_checks.check_sqlite,
    ):
        assert check(databases=None) == check(databases=["other"]) == []
