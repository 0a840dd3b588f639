"""The admin's "roll back" and "lift the hold": they ask first, and are in the ledger and the log."""

import pytest
from django.urls import reverse

from predictions.models import ModelVersion, Promotion
from predictions.models.base import NOBODY
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
def wine():
    """A model with 1.0 beneath and 1.1 live."""
    model = make_model()
    for name in "ab":
        make_live(make_version(model, name))
    return model


@pytest.fixture
def ann(client):
    return sign_in(client, "ann", "view_registeredmodel", "roll_back_version", "lift_hold")


def roll_back(client, model, **answers):
    return act(client, model, "roll_back", confirmed="yes", reason="complaints", **answers)


def test_it_rolls_back_and_holds(client, ann, wine):
    reply = roll_back(client, wine)
    assert ledger()[-1] == (3, "roll_back", "a", 1)
    row = Promotion.objects.latest()
    assert (row.user, row.reason) == (ann, "complaints")
    wine.refresh_from_db()
    assert (wine.held_by, wine.held_reason) == ("ann", "rolled back: complaints")
    [(level, message)] = said(reply)
    assert (level, "wine 1.0" in message) == ("success", True)
    assert "Undo" not in message  # she may not promote
    assert log_entries() == [("ann", "wine", "Roll back")]


def test_it_asks_before_it_does_anything(client, ann, wine):
    for action in ("roll_back", "lift_hold"):
        page = act(client, wine, action)
        assert page.status_code == 200
        assert page.redirect_chain == [(question(wine, action), 302)]
        assert client.get(question(wine, action)).context["title"] == page.context["title"]  # as by a reload
        assert form_on(page)["confirmed"] == "yes"
    wine.refresh_from_db()
    assert (len(ledger()), wine.is_held, log_entries()) == (2, False, [])


def test_it_links_to_what_makes_the_other_version_live_again(client, wine):
    sign_in(client, "zoe", "view_registeredmodel", "roll_back_version", "promote_version")
    gone = ModelVersion.objects.get(name="b")
    reply = roll_back(client, wine)
    [(_, message)] = said(reply)
    undo = f'<a href="{question(gone, "promote")}">Undo: promote 1.1 again…</a>'
    assert undo in message
    assert reply["Location"].startswith(f"/admin/predictions/registeredmodel/{wine.pk}/")
    assert undo in client.get(reply["Location"]).content.decode()


def test_its_page_is_for_those_who_may_roll_back(client, wine):
    sign_in(client, "bob", "view_registeredmodel", "promote_version")
    assert client.get(question(wine, "roll_back")).status_code == 403
    assert client.get(question(wine, "roll_back").replace(str(wine.pk), "999")).status_code == 404


def test_a_field_that_must_be_filled_says_so(client, ann, wine):
    assert "Reason (required):" in client.get(question(wine, "roll_back")).content.decode()


def test_the_first_version_is_not_rolled_back(client, ann, wine):
    roll_back(client, wine)
    reply = roll_back(client, wine)
    level, message = said(reply)[-1]
    assert (level, "wine 1.0" in message) == ("error", True)
    assert len(ledger()) == 3
    assert log_entries()[-1][2].startswith("Roll back: refused")


def test_it_needs_its_own_permission(client, wine):
    sign_in(client, "bob", "view_registeredmodel", "change_registeredmodel", "lift_hold", "promote_version")
    page = client.get(list_of(wine)).content
    assert b'value="roll_back"' not in page
    assert b'value="lift_hold"' in page
    roll_back(client, wine)
    assert (len(ledger()), log_entries()) == (2, [])


def test_a_flip_at_the_same_instant_is_told_as_an_error(client, ann, wine):
    rival = make_version(wine, "c")
    with flip_after_the_look(rival):
        reply = roll_back(client, wine)
    assert said(reply)[0][0] == "error"
    wine.refresh_from_db()
    assert ([row[2] for row in ledger()], wine.is_held) == (["a", "b", "c"], False)
    assert "refused" in log_entries()[0][2]


def test_a_flip_while_the_person_reads_the_question_is_told_as_an_error(client, ann, wine):
    form = form_on(act(client, wine, "roll_back"))
    make_live(make_version(wine, "c"))
    reply = client.post(
        question(wine, "roll_back"), form | {"reason": "1.1 is bad"}
    )  # would only take 1.2 back
    assert said(reply)[0][0] == "error"
    assert len(ledger()) == 3


def test_a_hold_is_shown_and_lifted(client, ann, wine):
    wine.hold(by="bob", reason="wait")
    assert b"bob: wait" in client.get(list_of(wine)).content
    reply = act(client, wine, "lift_hold", confirmed="yes", reason="it was the network")
    wine.refresh_from_db()
    assert not wine.is_held
    record = wine.history.first()
    assert (record.history_user, record.history_by) == (ann, "ann")
    assert record.history_change_reason == "it was the network"
    assert [level for level, _ in said(reply)] == ["success"]
    assert log_entries() == [("ann", "wine", "Resume automatic promotion")]
    assert len(ledger()) == 2


def test_a_hold_that_is_gone_is_said_to_be_none(client, ann, wine):
    reply = act(client, wine, "lift_hold", confirmed="yes", reason="it was the network")
    assert [level for level, _ in said(reply)] == ["success"]
    assert not wine.history.filter(history_change_reason="it was the network").exists()


def test_lifting_needs_its_own_permission(client, wine):
    wine.hold(by="bob", reason="wait")
    sign_in(client, "eve", "view_registeredmodel", "change_registeredmodel", "roll_back_version")
    act(client, wine, "lift_hold", confirmed="yes", reason="it was the network")
    wine.refresh_from_db()
    assert (wine.is_held, log_entries()) == (True, [])


def test_a_person_sets_a_hold_and_says_why(client, wine):
    ann = sign_in(client, "ann", "view_registeredmodel", "set_hold")
    assert act(client, wine, "set_hold", confirmed="yes").status_code == 200
    wine.refresh_from_db()
    assert not wine.is_held
    reply = act(client, wine, "set_hold", confirmed="yes", reason="an audit")
    wine.refresh_from_db()
    assert (wine.held_by, wine.held_reason, wine.history.first().history_user) == ("ann", "an audit", ann)
    assert [level for level, _ in said(reply)] == ["success"]


def test_setting_a_hold_needs_its_own_permission(client, wine):
    sign_in(client, "eve", "view_registeredmodel", "change_registeredmodel", "lift_hold")
    act(client, wine, "set_hold", confirmed="yes", reason="mine")
    wine.refresh_from_db()
    assert not wine.is_held


def test_the_history_page_tells_of_holds_with_old_and_new(client, ann, wine):
    wine.hold(by="bob", reason="wait & see")
    page = client.get(reverse("admin:predictions_registeredmodel_history", args=[wine.pk]))
    text = page.content.decode()
    for shown in ("<td>paused by</td><td>–</td><td>bob</td>", "wait &amp; see", NOBODY):
        assert shown in text
    assert client.get(reverse("admin:predictions_registeredmodel_history", args=["x"])).status_code == 302
