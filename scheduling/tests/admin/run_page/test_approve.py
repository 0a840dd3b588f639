"""Approving and refusing in the admin: buttons on the run's page, a question, and who may."""

import re

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from guardian.shortcuts import assign_perm

from predictions.models import Promotion
from predictions.models.people.access import May
from predictions.models.people.roles import give
from predictions.models.promotion import live_version
from predictions.tests.admin_pages import act, form_on, list_of, log_entries, question, said, sign_in
from predictions.tests.factories import make_model
from scheduling.approvals.approvals import approve, refuse
from scheduling.models import ApprovalAnswer
from scheduling.tests.admin.people import sign_in_superuser, sign_in_with
from scheduling.tests.run_factory import make_awaiting, make_running
from scheduling.tests.version_factory import make_live, make_twin

LOOK = ("view_registeredmodel",)


@pytest.fixture
def waiting(iris, live, strong):
    return make_awaiting(iris, strong, requested_by="bob")


@pytest.fixture
def ann(client, iris):
    ann = sign_in_with(client, *LOOK)
    assign_perm(May.APPROVE, ann, iris)
    return ann


def page_of(run):
    return reverse("admin:scheduling_run_change", args=[run.pk])


def text_of(client, path):
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(path).content.decode()).split())


def press(client, run, action):
    """Submit the form of a button on the run's page."""
    html = client.get(page_of(run)).content.decode()
    forms = re.findall(r'<form method="post" action="([^"]+)">(.*?)</form>', html, re.DOTALL)
    (path,) = [path for path, inside in forms if button(action) in inside]
    return client.post(path, {"_selected_action": run.pk, "action": action}, follow=True)


def button(action):
    return f'name="action" value="{action}"'


@pytest.mark.parametrize(("action", "decision"), [("approve", "promoted"), ("refuse", "refused")])
def test_a_button_asks_for_the_reason_and_then_does_it(client, ann, iris, waiting, action, decision):
    asked = press(client, waiting, action)
    assert asked.redirect_chain == [(question(waiting, action), 302)]
    waiting.refresh_from_db()
    assert waiting.decision == "awaiting_approval"
    reply = client.post(question(waiting, action), form_on(asked) | {"reason": "I read it."})
    waiting.refresh_from_db()
    assert waiting.decision == decision
    assert reply["Location"] == page_of(waiting)
    assert said(reply)[0][0] == "success"
    assert log_entries() == [("ann", str(waiting), action.capitalize())]
    assert (ApprovalAnswer.objects.get().user, iris.promotions.count()) == (ann, 1 + (action == "approve"))
    text = text_of(client, page_of(waiting))
    assert "by ann: I read it." in text
    assert button(action) not in client.get(page_of(waiting)).content.decode()


def test_a_reason_is_needed(client, ann, waiting):
    reply = act(client, waiting, "approve", confirmed="yes", reason=" ")
    assert reply.status_code == 200
    assert Promotion.objects.count() == 1


@pytest.mark.parametrize("action", ["approve", "refuse"])
def test_without_the_permission_for_this_model_it_is_403(client, waiting, action):
    eve = sign_in_with(client, *LOOK, "promote_version")
    assert button(action) not in client.get(page_of(waiting)).content.decode()
    act(client, waiting, action, confirmed="yes", reason="Mine.")
    assign_perm(May.APPROVE, eve, make_model("wine"))
    assert button(action) not in client.get(page_of(waiting)).content.decode()
    assert act(client, waiting, action, confirmed="yes", reason="Mine.").status_code == 403
    waiting.refresh_from_db()
    assert (waiting.decision, Promotion.objects.count(), log_entries()) == ("awaiting_approval", 1, [])


def test_what_was_outdated_is_told_as_an_error_and_is_on_the_page(client, ann, waiting, iris, forests):
    twin = make_twin(iris, forests, of="weak")
    make_live(twin)
    assert str(twin) in text_of(client, page_of(waiting))
    reply = act(client, waiting, "approve", confirmed="yes", reason="Go.")
    assert said(reply)[0][0] == "error"
    assert "refused" in log_entries()[0][2]
    assert live_version(iris) == twin
    assert ApprovalAnswer.objects.get(kind="lapsed").reason in text_of(client, list_of(waiting))


def answered_elsewhere(run, how, reason="In the other tab."):
    """Somebody answers while another person reads."""
    how(run, user=User.objects.get_or_create(username="cleo")[0], reason=reason)


@pytest.mark.parametrize("action", ["approve", "refuse"])
@pytest.mark.parametrize("how", [approve, refuse])
def test_what_was_typed_stays_where_somebody_answered_meanwhile(client, iris, waiting, action, how):
    sign_in_superuser(client)
    answered_elsewhere(waiting, how)
    reply = act(client, waiting, action, confirmed="yes", reason="I typed all of this.")
    assert reply.status_code == 409
    html = reply.content.decode()
    assert re.search(r"<textarea[^>]*>\s*I typed all of this.</textarea>", html)
    ((level, told),) = said(reply)
    assert (level, told.startswith("cleo has "), "In the other tab." in told) == ("error", True, True)
    assert 'name="confirmed"' not in html
    now = question(iris, "roll_back") if how is approve else question(waiting.candidate, "promote")
    assert f'formaction="{now}"' in html
    carried = client.post(now, {"reason": "I typed all of this."})
    assert "I typed all of this." in carried.content.decode()
    assert iris.promotions.count() == 1 + (how is approve)


def test_a_form_that_is_opened_too_late_says_so_before_anything_is_typed(client, ann, waiting):
    answered_elsewhere(waiting, refuse)
    reply = client.get(question(waiting, "approve"))
    assert reply.status_code == 200
    html = reply.content.decode()
    assert "cleo has refused" in html
    assert ("<textarea" in html, 'name="confirmed"' in html) == (False, False)


def test_the_run_page_tells_who_started_it_who_else_can_answer_and_why_not_they(
    client, ann, iris, live, strong
):
    give(User.objects.create_user("bert", is_staff=True), {"approver"}, iris)
    give(User.objects.create_user("nora"), {"approver"}, iris)
    mine = make_awaiting(iris, strong, requested_by="ann")
    text = text_of(client, page_of(mine))
    assert "you started it" in text
    assert "Who can answer: bert. By the API only" in text
    assert "then approve or refuse" not in text
    assert button("approve") not in client.get(page_of(mine)).content.decode()
    sign_in(client, "rita", *LOOK)
    text = text_of(client, page_of(mine))
    assert "you may not approve or refuse for iris" in text
    assert "Who can answer: bert." in text
    client.force_login(User.objects.get(username="bert"), backend="django.contrib.auth.backends.ModelBackend")
    assert "then approve or refuse" in text_of(client, page_of(mine))


def test_who_asked_for_it_is_told_to_find_another(client, ann, iris, live, strong):
    mine = make_awaiting(iris, strong, requested_by="ann")
    reply = act(client, mine, "approve", confirmed="yes", reason="Go.")
    assert (said(reply)[0][0], said(reply)[0][1].startswith("ann ")) == ("error", True)
    assert live_version(iris) == live


def test_the_page_tells_of_a_hold_of_others_and_of_the_time(client, ann, iris, strong, waiting):
    iris.hold(by="bob", reason="an audit")
    other = make_awaiting(iris, strong)
    text = text_of(client, page_of(waiting))
    assert f" {waiting.approval_request.expires_at:%Y-%m-%d %H:%M} UTC." in text
    assert "by bob (an audit)" in text
    assert f"{strong.label} (run {other.pk})" in text


def test_the_front_page_leads_to_those_that_can_be_approved(client, ann, iris, waiting, forests):
    front = client.get(reverse("admin:index")).content.decode()
    assert f'class="button" id="need-1" href="{page_of(waiting)}' in front  # the scheduler waits for others
    make_live(make_twin(iris, forests, of="weak"))
    front = text_of(client, reverse("admin:index"))
    assert f'id="need-2" href="{page_of(waiting)}' not in front


def test_a_person_who_may_not_see_runs_is_not_told_of_them(client, waiting):
    sign_in_with(client)
    assert "await" not in client.get(reverse("admin:index")).content.decode()


def test_a_run_that_asks_nobody_has_no_buttons(client, ann, iris):
    assert 'class="answer"' not in client.get(page_of(make_running(iris))).content.decode()


def test_the_answers_are_listed_and_nobody_changes_them(client, ann, waiting):
    act(client, waiting, "refuse", confirmed="yes", reason="Not now.")
    answer = ApprovalAnswer.objects.get()
    assert "Not now." in text_of(client, list_of(answer))
    path = reverse("admin:scheduling_approvalanswer_change", args=[answer.pk])
    assert client.get(path).status_code == 200
    assert client.post(path, {"reason": "Yes"}).status_code == 403


def test_before_the_answer_both_versions_and_what_follows_are_told(client, ann, waiting, live, strong):
    shown = text_of(client, question(waiting, "approve"))
    assert f"{strong.label} goes live within a second." in shown
    assert f"It replaces {live.label} " in shown
    assert "Last verdict: Better than the champion." in shown
    assert "nothing is promoted" in shown
