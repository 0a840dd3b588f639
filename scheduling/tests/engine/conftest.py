"""What tests of the main loop share."""

import pytest

from scheduling.engine import supervisor as supervisor_module
from scheduling.tests.engine_factory import without_threads


@pytest.fixture
def _no_waiting(monkeypatch):
    """The loop goes round at once, no thread is started, and the test keeps its connection."""
    monkeypatch.setattr(supervisor_module, "POLL_SECONDS", 0)
    monkeypatch.setattr(supervisor_module.database, "close", lambda: None)
    monkeypatch.setattr(supervisor_module, "close_old_connections", lambda: None)
    monkeypatch.setattr(supervisor_module, "Ingester", NoIngester)
    with without_threads():
        yield


class NoIngester:
    """In place of the process that ingests the prediction log."""

    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        return lambda: self.calls.append(name)
