"""What tests of the watch share."""

from datetime import timedelta

import pytest

from predictions.models import Dataset
from scheduling.tests.version_factory import make_live
from scheduling.tests.watch_factory import BLOCK, log_block, look, watched
from scheduling.watch import watches


@pytest.fixture
def is_slow(monkeypatch):
    """Our own comparison confirms what clients see; `test_hostile_callers.py` has a version that is slow."""
    monkeypatch.setattr(watches, "slower_rounds", lambda *versions, **limits: (30, 30))


@pytest.fixture
def evaluation(iris, strong):
    """The evaluation rows as requests, and their labels."""
    from predictions.registry.datasets import read_frame

    spec = strong.signature.spec()
    frame = read_frame(Dataset.objects.current(iris, Dataset.Role.EVALUATION), spec)
    return spec.rows_of(frame), frame[spec.output_name].tolist()


@pytest.fixture
def watched_flip(iris, live, strong, evaluation):
    """`strong` replaced `weak`, which had answered for two hours; the flip is watched for one."""
    watched(iris)
    promotion = make_live(strong)
    for i in range(1, 25):
        log_block(live, promotion.at - i * BLOCK, evaluation[0])
    assert look(iris, promotion.at + timedelta(minutes=1)) == [f"watch of {promotion}: {watches.STILL_OPEN}"]
    return promotion
