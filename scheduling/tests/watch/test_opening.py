"""A flip's watch is in the flip's own transaction: whoever flips, none goes live and is forgotten."""

from datetime import timedelta

import pytest
from django.db import DatabaseError

from predictions.models import Promotion
from predictions.models.promotion import live_promotion
from predictions.registry.promotion import Approval, promote
from predictions.tests.factories import make_live as flip
from predictions.tests.factories import make_model, make_version
from scheduling.models import GatePolicy, Watch
from scheduling.tests.watch_factory import watched
from scheduling.watch.opening import limits_of, on_new_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def wine():
    """A model whose first version is live, and whose flips are watched for an hour."""
    model = make_model()
    flip(make_version(model, "a"))
    watched(model)
    return model


def test_a_flip_opens_its_watch_with_the_limits_of_the_moment(wine):
    promotion = flip(make_version(wine, "b"))
    watched(wine, minutes=30, watch_alpha=0.01)
    watch = Watch.objects.get()
    assert (watch.promotion, watch.status, watch.looked_at) == (promotion, Watch.Status.OPEN, None)
    assert (watch.counted_until, watch.until) == (promotion.at, promotion.at + timedelta(hours=1))
    assert (watch.limits["alpha"], watch.limits["bake_minutes"]) == (0.05, 60)


def test_a_first_version_and_one_without_bake_time_have_none(wine):
    watched(wine, minutes=0)
    flip(make_version(wine, "b"))
    GatePolicy.objects.all().delete()
    flip(make_version(wine, "c"))
    assert not Watch.objects.exists()
    assert not GatePolicy.objects.exists()  # it asks for one, and makes none


def test_a_flip_whose_watch_cannot_be_opened_is_none(wine, monkeypatch):
    before, version = live_promotion(wine), make_version(wine, "b")
    monkeypatch.setattr("scheduling.watch.opening.limits_of", broken)
    with pytest.raises(DatabaseError):
        promote(version=version, replacing=before, approval=Approval(by="ann", reason="because"))
    assert live_promotion(wine) == before
    assert not Watch.objects.exists()


def test_a_fixtures_row_is_no_flip(wine):
    promotion = flip(make_version(wine, "b"))
    Watch.objects.all().delete()
    on_new_row(promotion, created=True, raw=True)
    assert not Watch.objects.exists()


def test_what_a_policy_says_of_the_watch_is_all_kept(wine):
    asked = {field.name for field in GatePolicy._meta.fields if field.name.endswith("_tolerance")}
    assert limits_of(wine.policy).keys() == asked | {"alpha", "anonymous", "bake_minutes"}
    assert Promotion.objects.count() == 1


def broken(*args):
    raise DatabaseError("no")
