"""No way past an approval: neither the version's page nor the API promotes what waits for an answer."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from predictions.models.promotion import live_promotion, live_version
from predictions.registry.promotion import promote_by_hand
from predictions.tests.factories import token_of
from scheduling.approvals.past_approval import AwaitsApproval, refuse_past_approval
from scheduling.models import Run
from scheduling.tests.admin.people import sign_in_superuser
from scheduling.tests.run_factory import make_awaiting, make_running

pytestmark = pytest.mark.django_db


def test_who_started_the_run_cannot_make_its_candidate_live_on_the_page_of_the_version(
    client, iris, live, strong
):
    sign_in_superuser(client)
    run = make_awaiting(iris, strong, requested_by="boss")
    page = reverse("admin:predictions_modelversion_promote", args=[strong.pk])
    then = client.get(page).context["form"]["live_then"].value()
    reply = client.post(page, {"confirmed": "1", "reason": "I cannot wait.", "live_then": then}, follow=True)
    assert f"waits for an answer to run {run.pk}" in reply.content.decode()
    assert live_version(iris) == live


def test_the_api_refuses_it_too(client, iris, live, strong):
    headers = token_of(User.objects.create_superuser("boss"))
    make_awaiting(iris, strong, requested_by="boss")
    body = {
        "model": "iris",
        "kind": "promote",
        "version": strong.label,
        "replaces": live.label,
        "reason": "!",
    }
    reply = client.post("/api/promotions", body, content_type="application/json", headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (409, "awaits_approval")
    assert live_version(iris) == live


def test_every_page_says_before_it_why_not_and_leads_to_the_run(client, iris, live, strong):
    sign_in_superuser(client)
    older = make_running(iris, candidate=strong, status="finished", finished_at=timezone.now())
    pages = [
        reverse("admin:predictions_modelversion_change", args=[strong.pk]),
        reverse("admin:scheduling_run_change", args=[older.pk]),
        reverse("admin:model-page", args=[iris.pk]) + "?tab=versions",
    ]
    question = reverse("admin:predictions_modelversion_promote", args=[strong.pk])

    def offered(page):
        text = client.get(page).content.decode()
        return 'value="promote"' in text or f'href="{question}"' in text

    assert [offered(page) for page in pages] == [True] * 3
    run = make_awaiting(iris, strong)
    told = f'waits for an answer: see <a href="{reverse("admin:scheduling_run_change", args=[run.pk])}">'
    assert [offered(page) for page in pages] == [False] * 3
    assert all(told in client.get(page).content.decode() for page in [*pages, question])


def test_what_can_no_longer_be_approved_stops_nobody(iris, live, strong, monkeypatch):
    make_awaiting(iris, strong, requested_by="boss")
    with pytest.raises(AwaitsApproval):
        refuse_past_approval(strong)
    monkeypatch.setattr("scheduling.approvals.past_approval.still_open", lambda model: [])
    refuse_past_approval(strong)


@pytest.mark.django_db(transaction=True)
def test_another_version_goes_live_and_the_question_lapses_at_once(iris, live, strong):
    run = make_awaiting(iris, live, requested_by="cleo")
    boss = User.objects.create_superuser("boss")
    promote_by_hand(version=strong, replacing=live_promotion(iris), user=boss, reason="This one.")
    run.refresh_from_db()
    assert run.decision == Run.Decision.LAPSED
    assert "the live version has changed" in run.approval_request.answer.reason
