"""`POST /api/runs/{id}/approve` and `…/refuse`: who may, what is refused, and what the run then says."""

import json

import pytest
from django.contrib.auth.models import Group, Permission
from guardian.shortcuts import assign_perm

from predictions.models import Promotion
from predictions.models.people.access import May
from predictions.models.promotion import live_version
from predictions.tests.factories import make_model, make_person, token_of
from scheduling.tests.run_factory import make_awaiting, make_run
from scheduling.tests.version_factory import make_live, make_twin


@pytest.fixture
def waiting(iris, live, strong):
    return make_awaiting(iris, strong, requested_by="bob")


def for_all():
    return make_person("ann", "approve_promotion")


def for_iris(model):
    ann = make_person("ann")
    assign_perm(May.APPROVE, ann, model)
    return ann


def by_a_group(model):
    group = Group.objects.create(name="approvers")
    assign_perm(May.APPROVE, group, model)
    ann = make_person("ann")
    ann.groups.add(group)
    return ann


def answer(client, run, verb, person, body=None, end=""):
    headers = token_of(person) if person else {}
    content = json.dumps({"reason": "I looked."} if body is None else body)
    return client.post(
        f"/api/runs/{run.pk}/{verb}{end}", content, content_type="application/json", headers=headers
    )


@pytest.mark.parametrize(("permissions", "details"), [((), None), (("view_prediction",), {"row": 1})])
def test_the_reply_has_details_for_those_who_may_read_the_log(client, waiting, permissions, details):
    waiting.results.create(check_id="parity", level="pass", message="fine", details={"row": 1}, seconds=0.1)
    reply = answer(client, waiting, "refuse", make_person("ann", "approve_promotion", *permissions))
    assert [one["details"] for one in reply.json()["results"]] == [details]


@pytest.mark.parametrize("end", ["", "/"])
@pytest.mark.parametrize("who", ["all", "iris", "group"])
def test_a_person_with_the_permission_approves(client, iris, strong, waiting, who, end):
    person = {"all": for_all, "iris": lambda: for_iris(iris), "group": lambda: by_a_group(iris)}[who]()
    reply = answer(client, waiting, "approve", person, end=end)
    assert reply.status_code == 200
    body = reply.json()
    assert (body["decision"], body["promotion"], body["reason"]) == (
        "promoted",
        2,
        "Better than the champion.",
    )
    said = body["approval"]["answer"]
    assert (said["kind"], said["by"], said["reason"]) == ("approved", "ann", "I looked.")
    assert live_version(iris) == strong


def test_a_person_refuses(client, iris, live, waiting):
    reply = answer(client, waiting, "refuse", for_iris(iris))
    assert (reply.status_code, reply.json()["decision"], live_version(iris)) == (200, "refused", live)
    assert client.get(f"/api/runs/{waiting.pk}").json()["approval"]["answer"]["kind"] == "refused"


@pytest.mark.parametrize("verb", ["approve", "refuse"])
def test_without_the_permission_for_this_model_it_is_403(client, iris, waiting, verb):
    ann = for_iris(make_model("wine"))
    everything_else = Permission.objects.exclude(codename="approve_promotion")
    ann.user_permissions.set(everything_else)
    reply = answer(client, waiting, verb, ann)
    assert (reply.status_code, reply.json()["code"]) == (403, "permission_denied")
    waiting.refresh_from_db()
    assert (waiting.decision, Promotion.objects.count()) == ("awaiting_approval", 1)


@pytest.mark.parametrize("verb", ["approve", "refuse"])
def test_without_a_token_it_is_401(client, waiting, verb):
    assert answer(client, waiting, verb, None).status_code == 401


def test_an_account_that_was_switched_off_approves_nothing(client, iris, waiting):
    ann = for_iris(iris)
    headers = token_of(ann)
    ann.is_active = False
    ann.save()
    reply = client.post(
        f"/api/runs/{waiting.pk}/approve", '{"reason": "x"}', content_type="application/json", headers=headers
    )
    assert reply.status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "reason"), ({"reason": ""}, "reason"), ({"reason": " "}, "reason"), ({"reason": 5}, "reason"),
     ({"reason": "x" * 2001}, "reason"), ({"reason": "x", "force": True}, "force"),
     ([], "body"), ("x", "body")],
)  # fmt: skip
def test_a_bad_body_is_refused_by_field(client, iris, waiting, body, field):
    reply = answer(client, waiting, "approve", for_iris(iris), body=body)
    assert reply.status_code == 400
    assert [error["field"] for error in reply.json()["errors"]] == [field]
    assert Promotion.objects.count() == 1


def test_who_asked_for_the_run_is_told_that_another_has_to(client, iris, live, strong):
    waiting = make_awaiting(iris, strong, trigger="api", requested_by="ann")
    reply = answer(client, waiting, "approve", for_iris(iris))
    assert (reply.status_code, reply.json()["code"]) == (403, "approver_must_differ")
    assert live_version(iris) == live


@pytest.mark.parametrize("verb", ["approve", "refuse"])
def test_a_run_that_awaits_nobody_is_409(client, iris, live, verb):
    reply = answer(client, make_run(iris), verb, for_iris(iris))
    assert (reply.status_code, reply.json()["code"]) == (409, "not_awaiting_approval")


def test_a_run_that_was_outdated_is_409_and_has_lapsed(client, iris, waiting, forests):
    make_live(make_twin(iris, forests, of="weak"))
    reply = answer(client, waiting, "approve", for_iris(iris))
    assert (reply.status_code, reply.json()["code"]) == (409, "approval_lapsed")
    shown = client.get(f"/api/runs/{waiting.pk}").json()
    assert (shown["decision"], shown["approval"]["answer"]["kind"]) == ("lapsed", "lapsed")


@pytest.mark.parametrize("verb", ["approve", "refuse"])
def test_a_run_that_there_is_not_is_404(client, iris, verb):
    run = make_run(iris)
    person = for_iris(iris)
    run.pk = 12345
    assert answer(client, run, verb, person).status_code == 404


def test_a_run_that_asks_nobody_says_so(client, iris):
    run = make_run(iris)
    assert client.get(f"/api/runs/{run.pk}").json()["approval"] is None


def test_the_list_can_be_narrowed_to_those_that_await(client, iris, waiting):
    make_run(iris)
    rows = client.get("/api/runs?decision=awaiting_approval").json()["results"]
    assert [row["id"] for row in rows] == [waiting.pk]
    assert client.get("/api/runs?decision=promoted").json()["results"] == []


@pytest.mark.parametrize("value", ["perhaps", "", "AWAITING_APPROVAL"])
def test_an_unknown_decision_is_refused_by_field(client, iris, value):
    reply = client.get(f"/api/runs?decision={value}")
    assert reply.status_code == 400
    assert reply.json()["errors"][0]["field"] == "decision"
