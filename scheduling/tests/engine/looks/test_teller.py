"""Messages are sent by a child of the leader, one round at a time; one that hangs is ended."""

import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from scheduling.engine.looks import one_look
from scheduling.engine.looks.teller import Teller
from scheduling.models import Delivery, Subscription
from scheduling.notifications.publishing import publish_test


@pytest.fixture
def due(db):
    publish_test(Subscription.objects.create(person=User.objects.create_user("ann")))
    Delivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def teller(monkeypatch):
    monkeypatch.setattr("scheduling.engine.looks.one_look.ASK_SECONDS", 0.0)
    teller = Teller()
    yield teller
    teller.stop()


def test_no_process_is_started_where_nothing_is_due(db, teller):
    teller.step()
    assert teller.idle
    assert teller._look.child is None


def test_one_round_at_a_time(due, teller, children_do, pipe):
    children_do("ready(); time.sleep(60)")
    teller.step()
    child = teller._look.child
    assert not teller.idle
    teller.step()
    assert teller._look.child is child


def test_a_round_that_hangs_is_ended(due, teller, children_do, pipe, monkeypatch):
    children_do("ready(); time.sleep(60)")
    teller.step()
    monkeypatch.setattr(one_look, "LIMIT_SECONDS", 0.0)
    time.sleep(0.01)
    teller.step()
    assert teller._look.child is None
