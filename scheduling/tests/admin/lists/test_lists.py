"""Lists of the admin: a red cross only where something is wrong, and columns that fit."""

import pytest
from django.urls import reverse

from predictions.registry.promotion import Approval, promote
from predictions.tests.factories import make_model
from scheduling.models import CheckLimit, Subscription, Watch
from scheduling.tests.admin.people import sign_in_superuser

LISTS = (
    "predictions_registeredmodel", "scheduling_checklimit", "scheduling_gatepolicy",
    "scheduling_subscription",
    "scheduling_watch", "scheduling_delivery", "predictions_worker",
)  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_no_is_a_word_and_no_red_cross(client, iris, live, name):
    boss = sign_in_superuser(client)
    make_model()  # neither default nor public
    limit = {"registered_model": iris, "check_id": "latency"}
    CheckLimit.objects.update_or_create(**limit, defaults={"enabled": False})
    Subscription.objects.create(person=boss, channel="email", enabled=False)
    page = client.get(reverse(f"admin:{name}_changelist"))
    assert page.status_code == 200
    assert "icon-no" not in page.content.decode()


def test_a_watch_says_in_three_columns_how_it_stands(client, iris, live, strong):
    sign_in_superuser(client)
    before = iris.promotions.latest("pk")
    iris.policy.bake_minutes = 60
    iris.policy.save()
    promote(version=strong, replacing=before, approval=Approval(by="ann", reason="Better."))
    watch = Watch.objects.get()
    path = reverse("admin:scheduling_watch_changelist")
    page = client.get(path).content.decode()
    assert page.count('<th scope="col" class=') == 3
    assert "no look yet" in page
    Watch.objects.open().close(
        watch, status=Watch.Status.HELD, reason="It answers slower.", now=watch.until, run=None
    )
    page = client.get(path).content.decode()
    assert '<span class="outcome bad"' in page
    assert "It answers slower." in page
