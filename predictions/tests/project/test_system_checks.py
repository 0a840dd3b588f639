"""What `manage.py check` says of the project around the apps."""

import fcntl
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core import checks
from django.db import OperationalError, connection
from django.utils import timezone

from predictions import database
from predictions.log import segments
from predictions.models import RegisteredModel, Worker
from predictions.needed_apps import refuse_to_load_without
from predictions.serving.serving import Manifest
from predictions.system_checks import folders, placement, project, running

ROOT = Path(__file__).resolve().parents[3]
HERE = {"databases": ["default"]}


def ids(messages):
    return [message.id for message in messages]


class Elsewhere:
    """A router that keeps some apps elsewhere."""

    def __init__(self, *labels, writes="other", reads="other"):
        self.labels, self.writes, self.reads = labels, writes, reads

    def db_for_write(self, model, **hints):
        return self.writes if model._meta.app_label in self.labels else None

    def db_for_read(self, model, **hints):
        return self.reads if model._meta.app_label in self.labels else None


@pytest.mark.parametrize(
    ("router", "expected"),
    [
        (Elsewhere(), set()),
        (Elsewhere("auth"), {"predictions.E010"}),
        (Elsewhere("scheduling"), {"predictions.E011"}),
        (Elsewhere("django_apscheduler"), {"predictions.E011"}),
        (Elsewhere("predictions", writes="default"), {"predictions.E011"}),
        (Elsewhere("predictions", "scheduling", "django_apscheduler", "auth"), set()),
    ],
)
def test_users_and_all_our_tables_are_in_one_database(settings, router, expected):
    settings.DATABASE_ROUTERS = [router]
    assert set(ids(placement.check_one_database())) == expected


def test_the_alias_is_the_routers(settings):
    settings.DATABASE_ROUTERS = [Elsewhere("predictions")]
    assert database.alias() == "other"
    assert database.how_to_migrate().endswith("--database=other")
    assert database.atomic().using == "other"


def test_options_of_the_database(monkeypatch):
    assert ids(placement.check_options()) == []
    monkeypatch.setitem(connection.settings_dict, "TIME_ZONE", "Asia/Kolkata")
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {})
    on_sqlite = ["predictions.W016"] if connection.vendor == "sqlite" else []
    assert ids(placement.check_options()) == ["predictions.E013", *on_sqlite]


def test_moments_need_a_zone(settings):
    assert project.check_time_zone() == []
    settings.USE_TZ = False
    assert ids(project.check_time_zone()) == ["predictions.E012"]


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ("rest_framework", ["predictions.E014"]),
        ("drf_spectacular_sidecar", ["predictions.W021"]),
        ("", []),
    ],
)
def test_apps_beside_ours(monkeypatch, missing, expected):
    there = apps.is_installed
    monkeypatch.setattr(apps, "is_installed", lambda name: name != missing and there(name))
    assert ids(project.check_apps()) == expected


def test_the_app_that_builds_on_this_one_is_missing_or_hidden(monkeypatch):
    monkeypatch.setattr(apps, "get_app_configs", lambda: [apps.app_configs["auth"]])
    assert ids(project.check_apps()) == ["predictions.W017"]


def test_what_is_needed_to_load_is_named(settings):
    refuse_to_load_without("django.contrib.auth", who="predictions")
    with pytest.raises(Exception, match="lacks nowhere, or_here"):
        refuse_to_load_without("nowhere", "or_here", who="predictions")


def test_a_media_folder_that_is_missing_or_read_only(config):
    assert ids(folders.check_media_is_writable()) == ["predictions.E016"]
    config.MEDIA_ROOT.mkdir()
    assert folders.check_media_is_writable() == []


def test_a_media_folder_that_cannot_be_written(config, monkeypatch):
    config.MEDIA_ROOT.mkdir()
    monkeypatch.setattr(folders.os, "access", lambda path, mode: False)
    assert ids(folders.check_media_is_writable()) == ["predictions.E016"]


def test_predictions_that_nobody_ingests(config):
    assert folders.check_ingester() == []
    config.SPOOL_DIR.mkdir()
    (config.SPOOL_DIR / f"1{segments.SUFFIX}").write_bytes(b"{}\n")
    assert ids(folders.check_ingester()) == ["predictions.W011"]
    with open(config.SPOOL_DIR / "ingester.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert folders.check_ingester() == []


def test_another_secret_key(settings):
    assert folders.check_secret_key() == []
    Manifest(models=[], written_at=0.0).write()
    assert folders.check_secret_key() == []
    settings.SECRET_KEY = "another" * 8
    assert ids(folders.check_secret_key()) == ["predictions.W014"]


@pytest.mark.django_db
def test_nobody_follows_the_ledger():
    assert ids(running.check_follower(**HERE)) == ["predictions.W010"]
    now = timezone.now()
    worker = Worker.objects.create(host="web", pid=1, since=now, seen_at=now - timedelta(seconds=50))
    assert running.check_follower(**HERE) == []
    for seen_at in (now - timedelta(seconds=70), now + timedelta(days=3652)):  # by a wrong clock
        Worker.objects.filter(pk=worker.pk).update(seen_at=seen_at)
        assert ids(running.check_follower(**HERE)) == ["predictions.W010"]


@pytest.mark.django_db
def test_migrations(monkeypatch):
    assert running.check_migrations(**HERE) == []
    monkeypatch.setattr(database, "missing_migrations", lambda: True)
    assert ids(running.check_migrations(**HERE)) == ["predictions.E015"]


@pytest.mark.django_db
def test_public_models_while_debugging(settings):
    settings.DEBUG = True
    assert running.check_debug(**HERE) == []
    RegisteredModel.objects.create(name="open", public=True)
    assert ids(running.check_debug(**HERE)) == ["predictions.W015"]
    settings.DEBUG = False
    assert running.check_debug(**HERE) == []


def test_a_database_that_does_not_answer(monkeypatch):
    def refuse():
        raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr(database.connection(), "ensure_connection", refuse)
    (error,) = running.check_it_answers(**HERE)
    assert (error.id, error.msg.endswith("connection refused")) == ("predictions.E018", True)
    assert running.check_migrations(**HERE) == []
    assert running.check_it_answers(databases=["other"]) == running.check_it_answers() == []


@pytest.mark.django_db
def test_a_database_that_answers():
    assert running.check_it_answers(**HERE) == []


@pytest.mark.parametrize("check", [running.check_follower, running.check_migrations, running.check_debug])
def test_no_check_asks_a_database_that_is_not_named_or_not_there(check, monkeypatch, settings):
    settings.DEBUG = True
    assert check(databases=None) == check() == check(databases=["other"]) == []
    settings.DATABASE_ROUTERS = [Elsewhere("predictions", "scheduling", "django_apscheduler", "auth")]
    assert check(databases=["default"]) == []


def test_migrate_asks_nothing_about_what_runs():
    registered = checks.registry.registry
    assert running.check_follower in registered.deployment_checks
    assert running.check_follower not in registered.registered_checks


def test_every_id_is_explained_once():
    sources = [*ROOT.glob("predictions/**/*.py"), *ROOT.glob("scheduling/**/*.py")]
    code = "".join(path.read_text() for path in sources if "tests" not in path.parts)
    given = set(re.findall(r"\b(?:predictions|scheduling)\.[EIW]\d{3}\b", code))
    page = (ROOT / "docs/system_checks.md").read_text()
    told = re.findall(r"^\| `([a-z]+\.[EIW]\d{3})`", page, re.MULTILINE)
    assert len(told) == len(set(told))
    assert given - set(told) == set()
