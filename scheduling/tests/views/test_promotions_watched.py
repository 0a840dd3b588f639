"""`GET /api/promotions` says of each flip what became of the watch over it."""

import pytest

from predictions.models import Promotion
from predictions.tests.factories import make_live, make_model, make_version
from scheduling.models import Watch
from scheduling.models.watch import PATIENCE
from scheduling.tests.watch_factory import watched

pytestmark = pytest.mark.django_db


@pytest.fixture
def flip():
    model = make_model()
    make_live(make_version(model, "a"))
    watched(model)
    return make_live(make_version(model, "b"))


def watches(client):
    return [row["watch"] for row in client.get("/api/promotions").json()["results"]]


def test_a_flip_has_its_watch_and_a_first_version_none(client, flip):
    watch, none = watches(client)
    assert none is None
    assert (watch["id"], watch["status"], watch["looked_at"]) == (flip.watch.pk, "open", None)
    assert (watch["reason"], watch["warning"]) == ("", "")


def test_one_that_nobody_looks_at_says_so_before_and_after_it_is_written(client, flip):
    Promotion.objects.filter(pk=flip.pk).update(at=flip.at - 2 * PATIENCE)
    assert watches(client)[0]["warning"] == Watch.objects.get(pk=flip.watch.pk).warning != ""
    assert client.get(f"/api/watches/{flip.watch.pk}").json()["warning"] == watches(client)[0]["warning"]
    Watch.objects.update(status="unseen", reason="It went live unwatched.", closed_at=flip.at)
    watch = watches(client)[0]
    assert (watch["status"], watch["warning"]) == ("unseen", "It went live unwatched.")


def test_a_longer_ledger_asks_no_more_often(client, flip, django_assert_num_queries):
    for name in "cdef":
        make_live(make_version(flip.registered_model, name))
    with django_assert_num_queries(1):
        assert len(watches(client)) == 6


def test_the_list_of_watches_asks_no_more_often(client, flip, django_assert_max_num_queries):
    for name in "cdef":
        make_live(make_version(flip.registered_model, name))
    with django_assert_max_num_queries(2):
        assert len(client.get("/api/watches").json()["results"]) == 5
