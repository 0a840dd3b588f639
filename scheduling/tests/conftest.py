"""Fixtures of the scheduler's tests: a live API, a rehearsal without a server, processes to watch."""

import pytest

from predictions import serving
from scheduling.exhibits.base import picture_of
from scheduling.tests.evidence_factory import make_rehearsal
from scheduling.tests.process_factory import Pipe, command


@pytest.fixture
def api(httpserver, settings):
    """The live API that the health check asks."""
    httpserver.expect_request("/").respond_with_json({"health_check": "success"})
    httpserver.expect_request("/current_model").respond_with_json({"currentModel": None})
    settings.API_BASE_URL = httpserver.url_for("/").rstrip("/")
    return httpserver


@pytest.fixture
def rehearsed(monkeypatch):
    """A rehearsal that answers as the candidate does, without the seconds that a server and pictures take."""

    def rehearse(version, rows):
        return make_rehearsal(serving.load(version).predict(rows).outputs, by=version)

    monkeypatch.setattr("scheduling.evidence.rehearse", rehearse)
    monkeypatch.setattr("scheduling.exhibits.base.picture_of", lambda *arguments: "")


@pytest.fixture
def drawn(rehearsed, monkeypatch):
    """The same with pictures."""
    monkeypatch.setattr("scheduling.exhibits.base.picture_of", picture_of)


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
        monkeypatch.setattr("scheduling.child.command", lambda *, memory_mb, argv: command(script))

    return let
