"""Who leads: two owners and one row; what time does is done to the row instead of waiting."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from scheduling.models import Lease

A, B = "host-a:1", "host-b:2"


def row():
    return Lease.objects.get(name="scheduler")


def expire():
    """As if its owner had been asleep."""
    Lease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def test_the_first_takes_it_and_the_second_does_not(db):
    assert Lease.objects.take(A) == 1
    assert Lease.objects.take(B) is None
    assert (row().owner, row().epoch) == (A, 1)
    assert Lease.objects.held().exists()


def test_it_lasts_as_long_as_the_setting_says(db, config):
    config.LEASE_SECONDS = 100
    Lease.objects.take(A)
    assert timedelta(seconds=99.9) < row().expires_at - row().renewed_at < timedelta(seconds=100.1)
    assert abs(row().renewed_at - timezone.now()) < timedelta(seconds=30)


def test_not_even_its_owner_takes_it_twice(db):
    Lease.objects.take(A)
    assert Lease.objects.take(A) is None
    assert row().epoch == 1


def test_renewing_makes_it_last_longer(db):
    Lease.objects.take(A)
    soon = timezone.now() + timedelta(seconds=1)
    Lease.objects.update(expires_at=soon, renewed_at=timezone.now() - timedelta(seconds=11))
    before = row().renewed_at
    assert Lease.objects.renew(A, 1)
    assert row().expires_at > soon
    assert row().renewed_at > before


def test_once_expired_another_owner_takes_it_with_a_new_epoch(db):
    Lease.objects.take(A)
    expire()
    assert not Lease.objects.held().exists()
    assert Lease.objects.take(B) == 2
    assert (row().owner, row().epoch) == (B, 2)


def test_the_old_owner_cannot_renew_what_another_has_taken(db):
    Lease.objects.take(A)
    expire()
    Lease.objects.take(B)
    taken = row()
    assert not Lease.objects.renew(A, 1)
    assert not Lease.objects.renew(A, 2)
    assert not Lease.objects.renew(B, 1)
    assert (row().owner, row().expires_at) == (B, taken.expires_at)


def test_a_late_owner_keeps_it_while_nobody_else_wanted_it(db):
    Lease.objects.take(A)
    expire()
    assert Lease.objects.renew(A, 1)
    assert Lease.objects.held().exists()
    assert Lease.objects.take(B) is None


def test_given_back_it_is_free_at_once(db):
    Lease.objects.take(A)
    Lease.objects.release(A, 1)
    assert not Lease.objects.held().exists()
    assert not Lease.objects.renew(A, 1)
    assert str(row()) == "scheduler: nobody"
    assert Lease.objects.take(B) == 2


def test_only_its_owner_gives_it_back(db):
    Lease.objects.take(A)
    Lease.objects.release(B, 1)
    Lease.objects.release(A, 2)
    assert (row().owner, Lease.objects.held().exists()) == (A, True)


def test_it_is_its_owners_until_another_has_taken_it(db):
    Lease.objects.take(A)
    with transaction.atomic():
        kept = [Lease.objects.is_kept_by(*who) for who in ((A, 1), (A, 2), (B, 1))]
    assert kept == [True, False, False]
    expire()
    Lease.objects.take(B)
    with transaction.atomic():
        assert not Lease.objects.is_kept_by(A, 1)
        assert Lease.objects.is_kept_by(B, 2)


def test_there_is_one_row_whoever_asks(db):
    for owner in (A, B, A):
        Lease.objects.take(owner)
    assert Lease.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"renewed_at": timedelta(days=3652), "expires_at": timedelta(days=3652)},
     {"renewed_at": timedelta(minutes=50), "expires_at": timedelta(minutes=50, seconds=12)},
     {"expires_at": timedelta(days=3652)}],
    ids=["ten years", "fifty minutes", "only its end"],
)  # fmt: skip
def test_one_that_a_wrong_clock_made_last_for_years_is_taken_at_once_and_told(db, caplog, wrong):
    Lease.objects.take(A)
    Lease.objects.update(**{name: timezone.now() + ahead for name, ahead in wrong.items()})
    assert not Lease.objects.held().exists()
    assert Lease.objects.take(B) == 2
    assert (row().owner, row().expires_at - timezone.now() < timedelta(minutes=1)) == (B, True)
    assert not Lease.objects.renew(A, 1)
    assert [(one.name, one.levelname) for one in caplog.records] == [("scheduling.models.lease", "WARNING")]


def test_clocks_may_differ_by_a_little_and_a_lease_may_be_long(db, config):
    config.LEASE_SECONDS = 3600
    Lease.objects.take(A)
    Lease.objects.update(renewed_at=timezone.now() + timedelta(seconds=30))
    assert Lease.objects.take(B) is None
    assert Lease.objects.held().exists()
