"""Asking for a run and calling one off: once per key, and never against a verdict."""

import pytest
from django.db import IntegrityError, transaction

from scheduling.models import Run
from scheduling.models.run import KeyReused
from scheduling.runs.transitions import RunEnded, cancel_run
from scheduling.tests.run_factory import make_run, make_running


def request(model, **columns):
    defaults = {"task": "retrain", "trigger": Run.Trigger.API, "requested_by": "ann"}
    return Run.objects.enqueue(registered_model=model, **defaults | columns)


def test_a_run_is_queued_and_says_who_asked(iris):
    run = request(iris, task="validate", parameters={"version": "1.0"})
    assert (run.status, run.task, run.trigger, run.requested_by) == ("queued", "validate", "api", "ann")
    assert (run.parameters, run.schedule) == ({"version": "1.0"}, None)


def test_without_a_key_each_request_is_a_run(iris):
    assert request(iris) != request(iris)


def test_the_same_key_gives_the_same_run_whatever_became_of_it(iris):
    run = request(iris, idempotency_key="k1")
    assert request(iris, idempotency_key="k1") == run
    Run.objects.cancel(run, reason="no")
    assert request(iris, idempotency_key="k1") == run
    assert Run.objects.count() == 1


def test_another_callers_key_is_another_key(iris):
    assert request(iris, idempotency_key="k1") != request(iris, idempotency_key="k1", requested_by="bob")


@pytest.mark.parametrize("other", [{"task": "validate"}, {"parameters": {"version": "1.0"}}])
def test_a_key_that_asked_for_something_else_is_refused(iris, other):
    run = request(iris, idempotency_key="k1")
    with pytest.raises(KeyReused, match=f"run {run.pk}\\b"):
        request(iris, idempotency_key="k1", **other)
    assert Run.objects.count() == 1


def test_the_database_holds_one_run_per_key(iris):
    make_run(iris, requested_by="ann", idempotency_key="k1")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_run(iris, requested_by="ann", idempotency_key="k1")


@pytest.mark.parametrize("make", [make_run, make_running])
def test_a_run_that_has_not_ended_can_be_called_off(iris, make):
    run = make(iris)
    cancel_run(run, by="ann")
    run.refresh_from_db()
    assert (run.status, run.reason, run.is_unfinished) == ("cancelled", "Cancelled by ann.", False)


def test_a_run_that_has_ended_keeps_its_verdict(iris):
    run = make_running(iris)
    Run.objects.close(run, status="finished", decision="kept", reason="worse")
    with pytest.raises(RunEnded, match=f"Run {run.pk}\\b"):
        cancel_run(run, by="ann")
    run.refresh_from_db()
    assert (run.status, run.reason) == ("finished", "worse")
