"""A flip that nobody looked at in time is told in the ledger, on the watch's page and on the front page."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from predictions.models import Promotion
from predictions.models.people.roles import give
from predictions.tests.factories import make_live, make_model, make_version
from scheduling.models import Watch
from scheduling.models.watch import PATIENCE
from scheduling.tests.admin.people import sign_in_superuser, sign_in_with
from scheduling.tests.watch_factory import watched

pytestmark = pytest.mark.django_db
UNSEEN = "It went live unwatched."


@pytest.fixture
def flip():
    """One that nobody has looked at, and is too old for that."""
    model = make_model()
    make_live(make_version(model, "a"))
    watched(model)
    promotion = make_live(make_version(model, "b"))
    Promotion.objects.filter(pk=promotion.pk).update(at=promotion.at - 2 * PATIENCE)
    return Promotion.objects.get(pk=promotion.pk)


def text(client, name, *arguments):
    return client.get(reverse(f"admin:{name}", args=arguments)).content.decode()


def test_it_is_told_wherever_somebody_may_look(client, flip):
    sign_in_superuser(client)
    pages = [
        text(client, "index"),
        text(client, "predictions_promotion_changelist"),
        text(client, "predictions_promotion_change", flip.pk),
        text(client, "scheduling_watch_change", flip.watch.pk),
    ]
    warning = flip.watch.warning
    assert [warning in page for page in pages] == [True] * 4
    assert "1.1" in warning
    Watch.objects.update(looked_at=timezone.now())
    assert warning not in text(client, "index")


def test_for_a_week_after_its_bake_time_and_in_the_ledger_for_ever(client, flip):
    sign_in_superuser(client)
    ended = {"status": Watch.Status.UNSEEN, "reason": UNSEEN}
    for days, told in ((6, True), (8, False)):
        Watch.objects.update(closed_at=timezone.now() - timedelta(days=days), **ended)
        assert (UNSEEN in text(client, "index")) is told
        assert UNSEEN in text(client, "predictions_promotion_changelist")


def test_the_ledger_can_be_narrowed_to_those(client, flip):
    sign_in_superuser(client)
    ledger = reverse("admin:predictions_promotion_changelist")
    assert "wine" in client.get(f"{ledger}?watch__status__exact=open").content.decode()
    narrowed = client.get(f"{ledger}?watch__status__exact=unseen")
    assert (narrowed.status_code, narrowed.context["cl"].result_count) == (200, 0)


def test_who_has_no_role_for_the_model_is_not_told(client, flip):
    ann = sign_in_with(client)
    assert flip.watch.warning not in text(client, "index")
    give(ann, {"reader"}, flip.registered_model)
    assert flip.watch.warning in text(client, "index")
    assert reverse("admin:scheduling_watch_change", args=[flip.watch.pk]) in text(client, "index")


def test_the_ledger_asks_the_database_no_more_often_for_more_rows(
    client, flip, django_assert_max_num_queries
):
    sign_in_superuser(client)
    ledger = reverse("admin:predictions_promotion_changelist")

    def queries():
        with django_assert_max_num_queries(60) as asked:
            client.get(ledger)
        return len(asked)

    queries()
    before = queries()
    for name in "cdef":
        make_live(make_version(flip.registered_model, name))
    assert queries() == before
