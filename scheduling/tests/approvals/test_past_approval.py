"""No way past an approval: neither the version's page nor the API promotes what waits for an answer."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from predictions.models.promotion import live_promotion, live_version
from predictions.registry.promotion import promote_by_hand
from predictions.tests.factories import token_of
from scheduling.approvals.past_approval import AwaitsApproval, refuse_past_approval
from scheduling.models import GatePolicy, Run
from scheduling.tests.admin.people import sign_in_superuser
from scheduling.tests.run_factory import make_awaiting, make_running

pytestmark = pytest.mark.django_db


def promote_by_api(client, version, live, *, headers):
    body = {
        "model": "iris",
        "kind": "promote",
        "version": version.label,
        "replaces": live.label,
        "reason": "!",
    }
    return client.post("/api/promotions", body, content_type="application/json", headers=headers)


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
    reply = promote_by_api(client, strong, live, headers=headers)
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
    nobody = User()
    make_awaiting(iris, strong, requested_by="boss")
    with pytest.raises(AwaitsApproval):
        refuse_past_approval(strong, nobody)
    monkeypatch.setattr("scheduling.approvals.past_approval.still_open", lambda model: [])
    refuse_past_approval(strong, nobody)


@pytest.mark.django_db(transaction=True)
def test_another_version_goes_live_and_the_question_lapses_at_once(iris, live, strong):
    run = make_awaiting(iris, live, requested_by="cleo")
    boss = User.objects.create_superuser("boss")
    promote_by_hand(version=strong, replacing=live_promotion(iris), user=boss, reason="This one.")
    run.refresh_from_db()
    assert run.decision == Run.Decision.LAPSED
    assert "the live version has changed" in run.approval_request.answer.reason


@pytest.fixture
def decided_by_people(iris):
    GatePolicy.objects.filter(registered_model=iris).update(approval="by_person")


@pytest.mark.usefixtures("decided_by_people")
def test_where_a_person_decides_nobody_promotes_what_they_brought(client, iris, live, strong):
    boss, cleo = (User.objects.create_superuser(name) for name in ("boss", "cleo"))
    done = {"status": "finished", "finished_at": timezone.now(), "trigger": "api"}
    make_running(iris, candidate=strong, requested_by="boss", **done)
    reply = promote_by_api(client, strong, live, headers=token_of(boss))
    assert (reply.status_code, reply.json()["code"]) == (403, "approver_must_differ")
    client.force_login(boss)
    page = client.get(reverse("admin:predictions_modelversion_change", args=[strong.pk])).content.decode()
    assert "Another person has to promote it." in page
    assert 'value="promote"' not in page
    asked = reverse("admin:predictions_modelversion_promote", args=[strong.pk])
    then = client.get(asked).context["form"]["live_then"].value()
    sent = {"confirmed": "1", "reason": "Mine.", "live_then": then}
    assert "Another person has to promote it." in client.post(asked, sent, follow=True).content.decode()
    assert promote_by_api(client, strong, live, headers=token_of(cleo)).status_code == 201


@pytest.mark.usefixtures("decided_by_people")
def test_what_was_live_before_comes_back_by_anybody(iris, live, strong):
    cleo, boss = (User.objects.create_superuser(name) for name in ("cleo", "boss"))
    make_running(iris, candidate=live, requested_by="boss", trigger="api")
    promote_by_hand(version=strong, replacing=live_promotion(iris), user=cleo, reason="Better.")
    promote_by_hand(version=live, replacing=live_promotion(iris), user=boss, reason="It was not.")
    assert live_version(iris) == live


@pytest.mark.parametrize("change", ["setting", "policy"])
def test_where_no_second_person_is_asked_for_they_do(iris, live, strong, config, decided_by_people, change):
    boss = User.objects.create_superuser("boss")
    make_running(iris, candidate=strong, requested_by="boss", trigger="api")
    if change == "setting":
        config.APPROVER_MUST_DIFFER = False
    else:
        GatePolicy.objects.update(approval="automatic")
    promote_by_hand(version=strong, replacing=live_promotion(iris), user=boss, reason="Mine.")
    assert live_version(iris) == strong
