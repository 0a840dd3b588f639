"""`POST /api/runs` asks for a run, `…/cancel` calls one off: who may, and what is refused."""

import json

import pytest
from django.contrib.auth.models import Permission

from predictions.tests.factories import make_person, token_of
from scheduling.models import Run
from scheduling.tests.run_factory import make_run, make_running


def caller(*codenames):
    """The header of somebody with these permissions."""
    person = make_person()
    person.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return token_of(person)


def post(client, headers, body, path="/api/runs", **more):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(path, content, content_type="application/json", headers=headers | more)


@pytest.mark.parametrize("path", ["/api/runs", "/api/runs/"])
@pytest.mark.parametrize("task", ["retrain", "prune", "simulate"])
def test_a_run_is_queued_and_found_at_its_location(client, iris, path, task):
    headers = caller("request_run")
    reply = post(client, headers, {"task": task, "model": "iris"}, path)
    assert reply.status_code == 202
    run = Run.objects.get()
    assert (run.task, run.status, run.trigger, run.requested_by) == (task, "queued", "api", "ann")
    assert reply["Location"] == f"/api/runs/{run.pk}"
    assert client.get(reply["Location"]).json()["id"] == reply.json()["id"] == run.pk


def test_a_version_can_be_named_to_validate(client, weak):
    reply = post(client, caller("validate_version"), {"task": "validate", "model": "iris", "version": "1.0"})
    assert reply.status_code == 202
    assert Run.objects.get().parameters == {"version": "1.0"}


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"task": "upload", "model": "iris"}, 400, "task"),
        ({"task": "dance", "model": "iris"}, 400, "task"),
        ({"model": "iris"}, 400, "task"),
        ({"task": "retrain"}, 400, "model"),
        ({"task": "retrain", "model": 5}, 400, "model"),
        ({"task": "retrain", "model": "iris", "version": "1.0"}, 400, "version"),
        ({"task": "retrain", "model": "iris", "priority": 1}, 400, "priority"),
        ({"task": "retrain", "model": "none"}, 404, "model"),
        ({"task": "validate", "model": "iris", "version": "9.9"}, 404, "version"),
        (b"rubbish", 400, "body"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_by_field(client, weak, body, status, field):
    reply = post(client, caller("request_run", "validate_version"), body)
    assert reply.status_code == status
    assert [error["field"] for error in reply.json()["errors"]] == [field]
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("permissions", "task"),
    [((), "retrain"), ((), "simulate"), (("validate_version",), "retrain"), (("request_run",), "validate")],
)
def test_each_task_needs_its_permission(client, iris, permissions, task):
    reply = post(client, caller(*permissions), {"task": task, "model": "iris"})
    assert (reply.status_code, reply.json()["code"]) == (403, "permission_denied")
    assert not Run.objects.exists()


def test_without_a_token_nothing_is_asked_for(client, iris):
    run = make_run(iris)
    assert post(client, {}, {"task": "retrain", "model": "iris"}).status_code == 401
    assert post(client, {}, b"", f"/api/runs/{run.pk}/cancel").status_code == 401
    assert list(Run.objects.values_list("status", flat=True)) == ["queued"]


def test_a_request_sent_twice_with_one_key_is_one_run(client, iris):
    headers, body = caller("request_run"), {"task": "retrain", "model": "iris"}
    replies = [post(client, headers, body, **{"Idempotency-Key": "k1"}) for _ in range(3)]
    assert {(reply.status_code, reply.json()["id"]) for reply in replies} == {(202, Run.objects.get().pk)}
    other = post(client, headers, body | {"task": "prune"}, **{"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["x" * 101, "a\tb"])
def test_a_key_that_is_none_is_refused(client, iris, key):
    reply = post(
        client, caller("request_run"), {"task": "retrain", "model": "iris"}, **{"Idempotency-Key": key}
    )
    assert reply.status_code == 400
    assert reply.json()["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize("end", ["", "/"])
@pytest.mark.parametrize("make", [make_run, make_running])
def test_a_run_can_be_called_off_and_says_by_whom(client, iris, make, end):
    run = make(iris)
    reply = post(client, caller("cancel_run"), b"", f"/api/runs/{run.pk}/cancel{end}")
    assert (reply.status_code, reply.json()["status"]) == (200, "cancelled")
    run.refresh_from_db()
    assert "ann" in run.reason


def test_a_run_that_has_ended_is_not_called_off(client, iris):
    run = make_running(iris)
    Run.objects.close(run, status="finished", reason="worse")
    reply = post(client, caller("cancel_run"), b"", f"/api/runs/{run.pk}/cancel")
    assert (reply.status_code, reply.json()["code"]) == (409, "run_ended")


def test_calling_off_needs_its_permission_and_a_run(client, iris):
    run = make_run(iris)
    headers = caller("request_run", "change_run")
    assert post(client, headers, b"", f"/api/runs/{run.pk}/cancel").status_code == 403
    run.refresh_from_db()
    assert run.status == "queued"


def test_a_run_that_there_is_not_cannot_be_called_off(client, iris):
    assert post(client, caller("cancel_run"), b"", "/api/runs/12345/cancel").status_code == 404
