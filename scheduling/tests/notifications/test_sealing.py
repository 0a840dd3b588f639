"""URLs and secrets of receivers: encrypted in the tables, shown once, and how SECRET_KEY is changed."""

import logging

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from scheduling.engine.leading import take_lead
from scheduling.models import Delivery, Subscription
from scheduling.notifications.publishing import publish_test
from scheduling.notifications.sealing import SealedOtherwise, seal, unseal
from scheduling.notifications.sending import send_due
from scheduling.notifications.system_checks import check_sealed

PATH = "T000/B000/the-key-of-a-channel"
ADD = "/admin/scheduling/subscription/add/"
FORM = {"registered_model": "", "quiet_from": "", "quiet_until": "", "enabled": "on", "events": ["all"]}
OLD, NEW = "o" * 50, "n" * 50


@pytest.fixture
def as_ann(client, ann):
    client.force_login(ann)
    return client


def post(client, row=None, **fields):
    page = reverse("admin:scheduling_subscription_change", args=[row.pk]) if row else ADD
    return client.post(page, FORM | fields)


def rows_of_all_tables():
    """Every value of every table of this database, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_no_table_page_log_or_export_has_the_url_or_the_secret(as_ann, subscribe, httpserver, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    httpserver.expect_request(f"/{PATH}").respond_with_data("no", status=500)
    url = httpserver.url_for(f"/{PATH}")
    secret = post(as_ann, channel="webhook", address=url).context["secret"]
    post(as_ann, channel="slack", address=url)
    send_due()
    for row in Subscription.objects.all():
        post(as_ann, row, channel=row.channel, _test="yes")
    send_due()
    assert httpserver.log
    logged = [record.getMessage() for record in caplog.records if record.name != "werkzeug"]  # the receiver
    told = [rows_of_all_tables(), "\n".join(logged)]
    told += [as_ann.get(reverse("admin:scheduling_subscription_change", args=[row.pk])).content.decode()
             for row in Subscription.objects.all()]  # fmt: skip
    told += [as_ann.get(f"/admin/scheduling/{of}/").content.decode() for of in ("subscription", "delivery")]
    call_command("dumpdata", "scheduling.subscription", "scheduling.delivery", "admin.logentry")
    told.append(capsys.readouterr().out)
    for text in told:
        assert PATH not in text
        assert secret not in text
        assert secret.removeprefix("whsec_") not in text
    assert apps.get_model("sessions.Session").objects.exists()  # the tables had something in them


def test_the_secret_is_in_one_answer_and_signs_what_is_sent(as_ann, httpserver, subscribe):
    httpserver.expect_request("/hook").respond_with_data("ok")
    reply = post(as_ann, channel="webhook", address=httpserver.url_for("/hook"))
    assert (reply.status_code, "no-store" in reply["Cache-Control"]) == (200, True)
    assert reply.context["secret"] in reply.content.decode()
    assert unseal(Subscription.objects.get().sealed_secret) == reply.context["secret"]


def test_saving_again_keeps_url_and_secret_unless_another_is_asked_for(as_ann, subscribe):
    row = subscribe(channel="webhook", url="https://example.com/one")
    assert post(as_ann, row, channel="webhook", address="").status_code == 302
    row.refresh_from_db()
    assert (unseal(row.sealed_url), row.address) == ("https://example.com/one", "example.com")
    assert unseal(row.sealed_secret) == row.secret
    anew = post(as_ann, row, channel="webhook", address="", _new_secret="yes").context["secret"]
    assert anew != row.secret
    row.refresh_from_db()
    assert unseal(row.sealed_secret) == anew


def test_the_same_form_again_makes_neither_a_subscription_nor_a_secret(as_ann):
    sent = {
        "channel": "webhook",
        "address": "https://example.com/hook",
        "csrfmiddlewaretoken": "of this page",
    }
    first = post(as_ann, **sent)
    again = post(as_ann, **sent)
    row = Subscription.objects.get()
    assert (again.status_code, again["Location"]) == (302, "/admin/scheduling/subscription/")
    page = as_ann.get(again["Location"]).content.decode()
    assert "It was made already, and its secret was shown: once." in page
    assert first.context["secret"] not in page
    anew = {"channel": "webhook", "address": "", "_new_secret": "yes", "csrfmiddlewaretoken": "of its page"}
    shown = post(as_ann, row, **anew).context["secret"]
    assert post(as_ann, row, **anew).status_code == 302
    row.refresh_from_db()
    assert unseal(row.sealed_secret) == shown != first.context["secret"]
    assert post(as_ann, **sent | {"csrfmiddlewaretoken": "of another page"}).context["secret"]
    assert Subscription.objects.count() == 2


def test_another_channel_keeps_nothing_of_the_one_before(as_ann, subscribe):
    row = subscribe(channel="webhook", url="https://example.com/one")
    assert post(as_ann, row, channel="slack", address="").context["adminform"].errors.keys() == {"address"}
    post(as_ann, row, channel="slack", address="https://hooks.example.com/two")
    row.refresh_from_db()
    assert (unseal(row.sealed_url), row.sealed_secret) == ("https://hooks.example.com/two", "")
    post(as_ann, row, channel="email", address="")
    row.refresh_from_db()
    assert (row.address, row.sealed_url, row.sealed_secret) == ("", "", "")


def test_an_older_key_is_read_until_a_leader_has_sealed_anew(settings, subscribe, httpserver):
    httpserver.expect_request("/hook").respond_with_data("ok")
    settings.SECRET_KEY = OLD
    row = subscribe(channel="webhook", url=httpserver.url_for("/hook"))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    publish_test(row)
    send_due()
    assert Delivery.objects.get().state == "sent"
    take_lead("one")
    settings.SECRET_KEY_FALLBACKS = []
    row.refresh_from_db()
    assert unseal(row.sealed_secret) == row.secret
    assert unseal(row.sealed_url) == httpserver.url_for("/hook")


def test_a_lost_key_is_told_by_delivery_check_and_form(settings, as_ann, subscribe):
    row = subscribe(channel="webhook", url="https://example.com/hook")
    assert check_sealed(databases=["default"]) == []
    settings.SECRET_KEY = NEW
    as_ann.force_login(row.person)
    publish_test(row)
    send_due()
    delivery = Delivery.objects.get()
    assert delivery.state == "waiting"  # the key may come back
    assert "SECRET_KEY_FALLBACKS" in delivery.last_error
    assert [found.id for found in check_sealed(databases=["default"])] == ["scheduling.W007"]
    assert post(as_ann, row, channel="webhook", address="").context["adminform"].errors.keys() == {"address"}
    again = post(as_ann, row, channel="webhook", address="https://example.com/hook")
    assert again.context["secret"].startswith("whsec_")
    assert check_sealed(databases=["default"]) == []


def test_what_was_changed_in_the_table_is_not_read():
    sealed = seal("https://example.com/hook")
    with pytest.raises(SealedOtherwise):
        unseal(sealed[:-6] + "AAAAA=")
