"""`retrain` asks for a run, and waits for it unless it is not to."""

import pytest

from model_delivery import RunFailed


def run_as(status, **columns):
    usual = {"id": 7, "task": "retrain", "model": "churn", "status": status, "step": "", "decision": ""}
    rest = {"reason": "", "candidate": None, "champion": None, "errors": [], "created_at": "2026-07-01"}
    return usual | rest | columns


@pytest.fixture
def asked(httpserver):
    body = {"task": "retrain", "model": "churn"}
    httpserver.expect_ordered_request("/api/runs", method="POST", json=body).respond_with_json(
        run_as("queued"), status=202
    )
    return httpserver


def test_it_waits_for_the_run(asked, churn):
    asked.expect_ordered_request("/api/runs/7").respond_with_json(run_as("running", step="reading"))
    asked.expect_ordered_request("/api/runs/7").respond_with_json(run_as("finished", decision="kept"))
    run = churn.retrain()
    assert (run.id, run.status, run.decision) == (7, "finished", "kept")


def test_or_not(asked, churn):
    assert churn.retrain(wait=False).status == "queued"


def test_a_run_that_failed_is_an_error(asked, churn):
    asked.expect_ordered_request("/api/runs/7").respond_with_json(run_as("failed", reason="No rows."))
    with pytest.raises(RunFailed, match="No rows"):
        churn.retrain()


def test_it_can_repeat(httpserver, churn):
    body = {"task": "retrain", "model": "churn", "repeat": True}
    httpserver.expect_ordered_request("/api/runs", method="POST", json=body).respond_with_json(
        run_as("queued"), status=202
    )
    assert churn.retrain(repeat=True, wait=False).id == 7
