"""The admin's "promote": asks first, needs its own permission, and is in the ledger and the log."""

import pytest

from predictions.models import Promotion
from predictions.models.promotion import live_version
from predictions.tests.admin_pages import (
    act,
    flip_after_the_look,
    form_on,
    list_of,
    log_entries,
    question,
    said,
    sign_in,
)
from predictions.tests.factories import ledger, make_live, make_model, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting():
    """A version that could be promoted in place of the one that is live."""
    model = make_model()
    make_live(make_version(model, "a"))
    return make_version(model, "b")


@pytest.fixture
def ann(client):
    return sign_in(client, "ann", "view_registeredmodel", "promote_version")


def confirm(client, version, reason="It is better.", **answers):
    return act(client, version, "promote", confirmed="yes", reason=reason, **answers)


def test_it_makes_the_version_live(client, ann, waiting):
    reply = confirm(client, waiting)
    model = waiting.registered_model
    assert reply.status_code == 302
    assert reply["Location"].startswith(f"/admin/predictions/registeredmodel/{model.pk}/")
    row = Promotion.objects.latest()
    assert (row.version, row.user, row.by, row.reason) == (waiting, ann, "ann", "It is better.")
    assert [level for level, _ in said(reply)] == ["success"]
    assert log_entries() == [("ann", "wine 1.1", "Promote")]


def test_it_links_to_what_takes_it_back(client, waiting):
    sign_in(client, "zoe", "view_registeredmodel", "promote_version", "roll_back_version")
    [(_, message)] = said(confirm(client, waiting))
    undo = question(waiting.registered_model, "roll_back")
    assert message == f'wine 1.1 is live. <a href="{undo}">Undo: roll back to 1.0…</a>'


def test_it_asks_before_it_does_anything(client, ann, waiting):
    page = act(client, waiting, "promote")
    assert page.status_code == 200
    text = page.content.decode()
    assert "wine 1.1" in text
    assert form_on(page)["confirmed"] == "yes"
    assert (len(ledger()), log_entries()) == (1, [])


def test_what_the_confirmation_page_submits_promotes(client, ann, waiting):
    form = form_on(act(client, waiting, "promote"))
    client.post(question(waiting, "promote"), form | {"reason": "I confirm."})
    assert ledger()[-1] == (2, "promote", "b", None)


def test_a_get_does_nothing_whatever_it_carries(client, ann, waiting):
    data = {"action": "promote", "_selected_action": waiting.pk, "confirmed": "yes", "reason": "r"}
    client.get(list_of(waiting), data)
    client.get(question(waiting, "promote"), data)
    assert (len(ledger()), log_entries()) == (1, [])


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2001, "a\0b"])
def test_it_asks_again_for_a_reason_that_is_none(client, ann, waiting, reason):
    page = confirm(client, waiting, reason=reason)
    assert page.status_code == 200
    assert b"errorlist" in page.content
    assert (len(ledger()), log_entries()) == (1, [])


def test_whoever_may_ends_the_pause_in_the_same_form(client, waiting):
    model = waiting.registered_model
    boss = sign_in(client, "boss", is_superuser=True)
    assert b'name="resume"' not in client.get(question(waiting, "promote")).content  # nothing is paused
    model.hold(by="ann", reason="rolled back: it is slow")
    assert b'name="resume"' in client.get(question(waiting, "promote")).content
    confirm(client, waiting, reason="I looked.", resume="on")
    model.refresh_from_db()
    last = model.history.first()
    assert (model.is_held, last.history_user, last.history_change_reason) == (False, boss, "I looked.")
    assert [change for _, _, change in log_entries()] == ["Resume automatic promotion", "Promote"]
    assert live_version(model) == waiting


def test_a_pause_stays_where_nobody_ends_it_and_where_the_promotion_is_refused(client, ann, waiting):
    model = waiting.registered_model
    model.hold(by="ann", reason="rolled back: it is slow")
    assert b'name="resume"' not in client.get(question(waiting, "promote")).content  # ann may not end it
    confirm(client, waiting, reason="I looked.", resume="on")
    model.refresh_from_db()
    assert (model.is_held, live_version(model)) == (True, waiting)
    sign_in(client, "boss", is_superuser=True)
    confirm(client, waiting, reason="Again.", resume="on")  # it is live already
    model.refresh_from_db()
    assert model.is_held


@pytest.mark.parametrize("permissions", [[], ["roll_back_version", "lift_hold", "change_policy"]])
def test_without_its_permission_it_is_neither_offered_nor_done(client, waiting, permissions):
    sign_in(client, "bob", "view_registeredmodel", *permissions)
    assert b'value="promote"' not in client.get(list_of(waiting)).content
    confirm(client, waiting)
    assert (len(ledger()), log_entries()) == (1, [])


def test_without_signing_in_it_is_not_done(client, waiting):
    assert confirm(client, waiting).status_code == 302
    assert len(ledger()) == 1


def test_a_forged_form_is_refused(waiting):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, "ann", "view_registeredmodel", "promote_version")
    assert confirm(strict, waiting).status_code == 403
    assert len(ledger()) == 1


def test_only_one_version_is_promoted_at_a_time(client, ann, waiting):
    another = make_version(waiting.registered_model, "c")
    reply = act(client, waiting, "promote", _selected_action=[waiting.pk, another.pk])
    assert [level for level, _ in said(reply)] == ["warning"]
    assert (len(ledger()), log_entries()) == (1, [])


def test_what_is_live_already_is_told_as_an_error_and_logged(client, ann, waiting):
    live = live_version(waiting.registered_model)
    reply = confirm(client, live)
    [(level, message)] = said(reply)
    assert (level, "wine 1.0" in message) == ("error", True)
    assert len(ledger()) == 1
    assert log_entries() == [("ann", "wine 1.0", f"Promote: refused, {message}")]


def test_a_flip_at_the_same_instant_is_told_as_an_error(client, ann, waiting):
    rival = make_version(waiting.registered_model, "c")
    with flip_after_the_look(rival):
        reply = confirm(client, waiting)
    [(level, message)] = said(reply)
    assert level == "error"
    assert "wine" in message
    assert [row[2] for row in ledger()] == ["a", "c"]
    assert "refused" in log_entries()[0][2]


def test_a_flip_while_the_person_reads_the_question_is_told_as_an_error(client, ann, waiting):
    form = form_on(act(client, waiting, "promote"))
    make_live(make_version(waiting.registered_model, "c"))
    reply = client.post(question(waiting, "promote"), form | {"reason": "better than 1.0"})
    assert said(reply)[0][0] == "error"
    assert [row[2] for row in ledger()] == ["a", "c"]
    assert (reply.status_code, "better than 1.0" in reply.content.decode()) == (409, True)  # it stays typed
    client.post(question(waiting, "promote"), form_on(reply) | {"reason": "better than 1.0"})
    assert [row[2] for row in ledger()] == ["a", "c", "b"]
