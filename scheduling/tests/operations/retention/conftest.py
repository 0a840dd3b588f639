"""A model of which prune keeps little."""

import pytest

from predictions.tests.factories import make_model
from scheduling.operations import retention


@pytest.fixture(autouse=True)
def _keep_few(monkeypatch):
    """The last two of each kind stay, and batches are small."""
    monkeypatch.setattr(retention, "KEEP_LAST", 2)
    monkeypatch.setattr(retention, "BATCH", 2)


@pytest.fixture
def wine():
    return make_model()
