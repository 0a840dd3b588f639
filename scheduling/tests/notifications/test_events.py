"""What is told of what happens, in the transaction in which it happens."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from predictions.models import Worker
from predictions.models.promotion import live_promotion
from predictions.registry.promotion import Approval, promote, roll_back
from scheduling.approvals.approvals import approve
from scheduling.engine.leading import take_lead
from scheduling.models import Lease, Look, Notice, Run
from scheduling.models.run import READING
from scheduling.tests.run_factory import make_awaiting, make_running

GATE = Approval(by="run 1", reason="It is better.")


@pytest.fixture
def events(subscribe):
    """The events told so far, the oldest first, to somebody who wants to know all."""
    subscribe()
    return lambda: list(Notice.objects.order_by("pk").values_list("event", flat=True))


def blocked(model, **columns):
    run = make_running(model, **columns)
    columns = {"status": Run.Status.FINISHED, "decision": Run.Decision.BLOCKED}
    assert Run.objects.close(run, reason="Not promoted: worse.", **columns)


def test_a_promotion_and_a_roll_back(events, iris, weak, strong):
    promote(version=weak, replacing=None, approval=GATE)
    promote(version=strong, replacing=live_promotion(iris), approval=GATE)
    roll_back(registered_model=iris, replacing=live_promotion(iris), approval=GATE)
    assert events() == ["promoted", "promoted", "rolled_back"]
    notice = Notice.objects.first()
    assert notice.why == GATE.reason
    assert notice.deliveries.count() == 1


def test_a_promotion_that_is_taken_back_leaves_no_message(events, weak):
    with pytest.raises(RuntimeError), transaction.atomic():
        _promote_and_fail(weak)
    assert events() == []


def _promote_and_fail(version):
    promote(version=version, replacing=None, approval=GATE)
    raise RuntimeError


def test_a_promotion_without_its_message_cannot_be(events, weak, iris, monkeypatch):
    monkeypatch.setattr("scheduling.notifications.publishing.Delivery", None)
    with pytest.raises(AttributeError):
        promote(version=weak, replacing=None, approval=GATE)
    assert live_promotion(iris) is None


def test_without_a_subscription_nothing_is_written(iris, weak):
    promote(version=weak, replacing=None, approval=GATE)
    assert not Notice.objects.exists()


def test_a_run_that_awaits_a_person_and_the_promotion_that_leads_to_it(events, iris, weak, ann):
    run = make_awaiting(iris, weak)
    assert events() == ["awaiting_approval"]
    approve(run, user=ann, reason="Good.")
    assert events() == ["awaiting_approval", "promoted"]
    assert {(notice.page, notice.page_id) for notice in Notice.objects.all()} == {
        ("scheduling_run_change", run.pk)
    }


def test_the_third_blocked_run_in_a_row_is_told_and_no_other(events, iris):
    for told in ([], [], ["blocked_three_times"], ["blocked_three_times"]):
        blocked(iris)
        assert events() == told


def test_a_decision_between_begins_anew(events, iris):
    for decision in ("blocked", "blocked", "kept", "blocked", "blocked"):
        run = make_running(iris)
        Run.objects.close(run, status=Run.Status.FINISHED, reason="So.", decision=decision)
    assert events() == []


@pytest.mark.parametrize(("step", "told"), [(f"{READING}: 1,000", ["source_failed"]), ("fitting", [])])
def test_a_source_that_failed(events, iris, step, told):
    run = make_running(iris, task="retrain", step=step)
    Run.objects.close(run, status=Run.Status.FAILED, decision=Run.Decision.BLOCKED, reason="No rows.")
    assert events() == told


def test_a_set_that_is_worn_is_told_once(events, iris):
    evaluation = iris.datasets.get(role="evaluation")
    for number, factor in ((1, 1.0), (2, 9.0), (3, 9.5)):
        Look.objects.create(
            evaluation_dataset=evaluation, number=number, candidate="1.1", champion="1.0", metric="accuracy",
            alpha=0.01, margin_factor=factor,
        )  # fmt: skip
    assert events() == ["evaluation_set_worn"]


def report(seconds, problems):
    now = timezone.now()
    columns = {"problems": problems, "seen_at": now, "since": now - timedelta(seconds=seconds)}
    Worker.objects.update_or_create(host="one", pid=1, defaults=columns)


def test_a_version_that_does_not_load_is_told_once_and_not_at_once(events, iris, live):
    report(5, {"iris": "The file is damaged."})
    assert events() == ["promoted"]
    report(40, {"iris": "The file is damaged."})
    report(45, {"iris": "The file is damaged."})
    assert events() == ["promoted", "version_does_not_load"]


@pytest.mark.parametrize(("seconds", "told"), [(10, []), (90, ["no_scheduler"])])
def test_the_next_scheduler_tells_that_there_was_none(events, seconds, told):
    then = timezone.now() - timedelta(seconds=seconds)
    Lease.objects.create(name="scheduler", owner="", epoch=1, renewed_at=then, expires_at=then)
    assert take_lead("ann:1:x")[0] == 2
    assert events() == told
