"""Fixtures of the scheduler's tests: a live API, a rehearsal without a server, processes to watch."""

import os
from dataclasses import replace

import pytest
from django.db import connection

from predictions.conf import config
from predictions.registry import loading
from scheduling.evidence_page.exhibits.base import picture_of
from scheduling.tests.evidence_factory import make_rehearsal, make_reply_to_many
from scheduling.tests.process_factory import Pipe, command


@pytest.fixture
def api(httpserver, config):
    """The live API that the health check asks."""
    httpserver.expect_request("/").respond_with_json({"health_check": "success"})
    httpserver.expect_request("/current_model").respond_with_json({"currentModel": None})
    config.API_BASE_URL = httpserver.url_for("/").rstrip("/")
    return httpserver


@pytest.fixture
def rehearsed(monkeypatch):
    """A rehearsal that answers as the versions do, without the seconds that a server and pictures take."""

    def played(version, rows):
        loaded = loading.load(version)
        answers = loaded.predict(list(rows.values()))
        alone = make_rehearsal(answers.outputs, by=version, rows=list(rows))
        return replace(alone, together=[make_reply_to_many(answers, loaded.spec.label_keys)])

    def rehearse(candidate, rows, *, champion=None, champion_rows=None):
        alone = champion is None or champion == candidate
        other = None if alone else played(champion, champion_rows)
        return replace(played(candidate, rows), champion=other)

    monkeypatch.setattr("scheduling.judging.rehearsing.rehearse", rehearse)
    monkeypatch.setattr("scheduling.evidence_page.exhibits.base.picture_of", lambda *arguments: "")


@pytest.fixture
def drawn(rehearsed, monkeypatch):
    """The same with pictures."""
    monkeypatch.setattr("scheduling.evidence_page.exhibits.base.picture_of", picture_of)


@pytest.fixture
def pipe(tmp_path, monkeypatch):
    """Tells when the processes of a test are ready, and when the last has ended."""
    pipe = Pipe(tmp_path, monkeypatch)
    yield pipe
    pipe.close()


@pytest.fixture
def children_do(monkeypatch, pipe):
    """Call it with the script that children of the scheduler are to run instead of their task."""

    def let(script):
        monkeypatch.setattr(
            "scheduling.engine.limited_process.command", lambda *, memory_mb, argv: command(script)
        )

    return let


@pytest.fixture
def server_uses_this_database(monkeypatch):
    """The rehearsal's server reads the rows and files of the test."""
    monkeypatch.setenv("DATABASE_URL", database_url())
    monkeypatch.setenv("MEDIA_ROOT", str(config.MEDIA_ROOT))


def database_url():
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{os.path.abspath(given['NAME'])}"
    who = f"{given['USER']}:{given['PASSWORD']}" if given["PASSWORD"] else given["USER"]
    return f"postgres://{who}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
