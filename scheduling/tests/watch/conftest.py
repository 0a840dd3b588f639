"""What tests of the watch share."""

import pytest

from scheduling.watch import watches


@pytest.fixture
def is_slow(monkeypatch):
    """Our own comparison confirms what clients see; `test_hostile_callers.py` has a version that is slow."""
    monkeypatch.setattr(watches, "slower_rounds", lambda *versions, **limits: (30, 30))
