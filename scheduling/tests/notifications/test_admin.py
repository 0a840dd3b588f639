"""Subscriptions in the admin: one's own, with a secret and a test; and one's deliveries."""

import re

import pytest
from django.contrib.auth.models import User

from scheduling.models import Delivery, Subscription
from scheduling.models.notices.subscription import Event
from scheduling.notifications.publishing import Told, publish

ADD = "/admin/scheduling/subscription/add/"
LIST = "/admin/scheduling/delivery/"
FORM = {
    "registered_model": "",
    "channel": "email",
    "address": "",
    "events": ["all"],
    "quiet_from": "",
    "quiet_until": "",
    "enabled": "on",
}


@pytest.fixture
def as_ann(client, ann):
    client.force_login(ann)
    return client


def add(client, **fields):
    return client.post(ADD, FORM | fields)


def test_a_person_subscribes_for_themselves(as_ann, ann, subscribe):
    assert add(as_ann, events=["promoted"]).status_code == 302
    row = Subscription.objects.get()
    assert (row.person, row.events, row.sealed_secret) == (ann, ["promoted"], "")
    zoe = User.objects.create_user("zoe")
    add(as_ann, person=zoe.pk)
    assert not Subscription.objects.filter(person=zoe).exists()


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("address", {"channel": "webhook"}),
        ("address", {"channel": "slack", "address": "http://example.com/"}),
        ("address", {"address": "zoe@example.com"}),
        ("address", {"address": "nobody"}),
        ("quiet_until", {"quiet_from": "22:00"}),
        ("events", {"events": ["test"]}),
        ("events", {"events": []}),
        ("events", {"events": ["all", "promoted"]}),
    ],
)
def test_what_a_form_refuses(as_ann, config, field, fields):
    config.NOTIFY_PRIVATE_ADDRESSES = False
    page = add(as_ann, **fields)
    assert page.status_code == 200
    assert list(page.context["adminform"].errors) == [field]
    assert not Subscription.objects.exists()


def test_all_events_are_chosen_and_shown_as_such(as_ann):
    add(as_ann)
    row = Subscription.objects.get()
    assert row.events == []
    page = as_ann.get(f"/admin/scheduling/subscription/{row.pk}/change/").content.decode()
    assert re.search('<input[^>]*value="all"[^>]*checked', page)
    assert "all events" in as_ann.get("/admin/scheduling/subscription/").content.decode()


@pytest.mark.parametrize(
    ("is_admin", "remedy"),
    [(False, "Ask an administrator to enter one in the account"), (True, "Enter one here or in the account")],
)
@pytest.mark.django_db
def test_an_account_without_an_address_is_told_what_to_do(client, is_admin, remedy):
    eve = User.objects.create_user("eve", is_staff=True, is_superuser=is_admin)
    client.force_login(eve)
    page = add(client, person=eve.pk)
    assert page.context["adminform"].errors == {
        "address": [
            f"The account eve has no e-mail address, so no message would arrive. {remedy}, or choose another "
            "channel."
        ]
    }
    assert not Subscription.objects.exists()


def test_the_test_button_saves_and_leads_to_what_became_of_it(as_ann, subscribe):
    answer = add(as_ann, _test="yes")
    assert answer.url == LIST
    delivery = Delivery.objects.get()
    assert delivery.notice.event == "test"
    assert as_ann.get(LIST).context["cl"].result_count == 1


def test_nobody_sees_the_subscriptions_and_messages_of_others(client, subscribe, iris):
    subscribe()
    told = Told(what="It is live.", page="model-page", page_id=iris.pk)
    publish(Event.PROMOTED, told, key="one", model=iris)
    row, delivery = Subscription.objects.get(), Delivery.objects.get()
    client.force_login(User.objects.create_user("zoe", is_staff=True))
    for of, pk in (("subscription", row.pk), ("delivery", delivery.pk)):
        assert client.get(f"/admin/scheduling/{of}/").context["cl"].result_count == 0
        assert client.get(f"/admin/scheduling/{of}/{pk}/change/").status_code == 302


def test_a_message_about_a_model_that_became_private_is_not_listed(as_ann, subscribe, iris):
    subscribe()
    told = Told(what="It is live.", page="model-page", page_id=iris.pk)
    publish(Event.PROMOTED, told, key="one", model=iris)
    assert as_ann.get(LIST).context["cl"].result_count == 1
    iris.public = False
    iris.save()
    assert as_ann.get(LIST).context["cl"].result_count == 0


def test_a_subscription_goes_with_what_was_sent(as_ann, subscribe, iris):
    row = subscribe()
    publish(Event.PROMOTED, Told(what="x", page="index"), key="one", model=iris)
    assert Delivery.objects.filter(subscription=row).exists()
    page = as_ann.post(f"/admin/scheduling/subscription/{row.pk}/delete/", {"post": "yes"})
    assert (page.status_code, Subscription.objects.count(), Delivery.objects.count()) == (302, 0, 0)
