"""A flip between versions without probabilities: their losses are 0 and 1, and the watch acts on them."""

from datetime import timedelta

import pytest

from predictions.models.promotion import live_version
from scheduling.models import Watch
from scheduling.tests.labels_only import good, poor, registered
from scheduling.tests.version_factory import make_live
from scheduling.tests.watch_factory import BLOCK, after, log_block, look, tell, watched

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("before", ["with", "without"])
def test_wrong_labels_roll_back(iris, strong, evaluation, before):
    old = strong if before == "with" else registered(iris, good(), name="good")
    make_live(old)
    watched(iris)
    promotion = make_live(registered(iris, poor(), name="poor"))
    look(iris, promotion.at + MINUTE)
    moment = after(promotion, 6, evaluation[0])
    for i in range(6):
        logged = log_block(promotion.version, promotion.at + i * BLOCK + 2 * MINUTE, evaluation[0])
        tell(logged, evaluation[1], at=promotion.at + i * BLOCK + 3 * MINUTE)
    [told] = look(iris, moment)
    assert "labels: " in told
    assert live_version(iris) == old


def test_a_better_one_stays_and_its_answers_are_compared_with_those_before(iris, evaluation):
    make_live(registered(iris, poor(), name="poor"))
    watched(iris)
    promotion = make_live(registered(iris, good(), name="good"))
    look(iris, promotion.at + MINUTE)
    look(iris, after(promotion, 12, evaluation[0]))
    watch = Watch.objects.get()
    assert (watch.status, live_version(iris)) == (Watch.Status.PASSED, promotion.version)
    assert sum(watch.evidence["mix"]["voices"].values()) > 0
    assert watch.evidence["mix"]["missing"] == watch.evidence["labels"]["missing"] == ""
