"""A person approves or refuses a run that awaits one: what is flipped, and what the audit says of it."""

import pytest

from predictions.models import Promotion
from predictions.models.promotion import live_promotion, live_version
from predictions.tests.factories import make_person
from scheduling.approvals.approvals import NotAwaitingApproval, approve, refuse
from scheduling.approvals.approvers import ApproverMustDiffer
from scheduling.models import ApprovalAnswer, Run
from scheduling.tests.run_factory import make_awaiting, make_running


@pytest.fixture
def ann(db):
    return make_person("ann")


@pytest.fixture
def waiting(iris, live, strong):
    return make_awaiting(iris, strong)


def outcome(run):
    run.refresh_from_db()
    answer = ApprovalAnswer.objects.get(request__run=run)
    return run.status, run.decision, answer.kind, answer.by, answer.user, answer.reason


def test_a_run_that_awaits_has_flipped_nothing(iris, live, waiting):
    assert (waiting.status, waiting.decision, waiting.promotion) == ("finished", "awaiting_approval", None)
    request = waiting.approval_request
    assert (request.replacing, live_version(iris)) == (live_promotion(iris), live)
    assert (request.expires_at - request.asked_at).days in (6, 7)


def test_approving_flips_in_the_persons_name_with_the_runs_evidence(iris, live, strong, waiting, ann):
    promotion = approve(waiting, user=ann, reason="I looked at the slices.")
    assert outcome(waiting) == (
        "finished", "promoted", "approved", "ann", ann, "I looked at the slices.",
    )  # fmt: skip
    assert (live_promotion(iris), waiting.promotion) == (promotion, promotion)
    assert (promotion.version, promotion.replaced_version) == (strong, live)
    assert (promotion.by, promotion.user) == ("ann", ann)
    assert promotion.reason == (
        f"I looked at the slices. (approved run {waiting.pk} (validate iris): Better than the champion)"
    )
    assert waiting.reason == "Better than the champion."


def test_refusing_leaves_the_champion_and_keeps_the_gates_reason(iris, live, waiting, ann):
    refuse(waiting, user=ann, reason="Not before Christmas.")
    assert outcome(waiting) == ("finished", "refused", "refused", "ann", ann, "Not before Christmas.")
    assert (waiting.reason, waiting.promotion) == ("Better than the champion.", None)
    assert (live_version(iris), Promotion.objects.count()) == (live, 1)


def test_a_first_version_is_approved_like_any_other(iris, strong, ann):
    waiting = make_awaiting(iris, strong)
    assert live_version(iris) is None
    assert approve(waiting, user=ann, reason="Go.").sequence == 1
    assert live_version(iris) == strong


@pytest.mark.parametrize("answer", [approve, refuse])
def test_a_run_is_answered_once(iris, waiting, ann, answer):
    refuse(waiting, user=ann, reason="No.")
    with pytest.raises(NotAwaitingApproval, match=f"run {waiting.pk} "):
        answer(waiting, user=ann, reason="Yes after all.")
    assert outcome(waiting)[5] == "No."
    assert Promotion.objects.count() == 1


@pytest.mark.parametrize("answer", [approve, refuse])
def test_a_run_that_asks_nobody_is_not_answered(iris, live, strong, ann, answer):
    run = make_running(iris, candidate=strong)
    with pytest.raises(NotAwaitingApproval):
        answer(run, user=ann, reason="Now!")
    assert (Promotion.objects.count(), ApprovalAnswer.objects.count()) == (1, 0)


def test_a_hold_does_not_stop_a_person_and_stays(iris, strong, waiting, ann):
    iris.hold(by="bob", reason="an audit")
    approve(waiting, user=ann, reason="The audit is over.")
    iris.refresh_from_db()
    assert (live_version(iris), iris.held_by) == (strong, "bob")


@pytest.mark.parametrize("trigger", ["manual", "api"])
def test_who_asked_for_the_run_does_not_approve_it_but_may_refuse(iris, live, strong, ann, trigger):
    waiting = make_awaiting(iris, strong, trigger=trigger, requested_by="ann")
    with pytest.raises(ApproverMustDiffer, match=r"^ann "):
        approve(waiting, user=ann, reason="Mine.")
    waiting.refresh_from_db()
    assert (waiting.decision, live_version(iris)) == ("awaiting_approval", live)
    refuse(waiting, user=ann, reason="I was wrong.")
    assert outcome(waiting)[1] == "refused"


def test_who_uploaded_the_candidate_does_not_approve_it_either(iris, live, strong, ann):
    type(strong).objects.filter(pk=strong.pk).update(source="uploaded", created_by="ann")
    strong.refresh_from_db()
    waiting = make_awaiting(iris, strong, requested_by="bob")
    with pytest.raises(ApproverMustDiffer):
        approve(waiting, user=ann, reason="Mine.")
    approve(waiting, user=make_person("cleo"), reason="Good.")
    assert live_version(iris) == strong


def test_a_schedules_run_was_asked_for_by_nobody(iris, strong, live, ann):
    waiting = make_awaiting(iris, strong, trigger="schedule", requested_by="ann")
    approve(waiting, user=ann, reason="Good.")
    assert live_version(iris) == strong


def test_one_person_is_enough_where_the_setting_says_so(iris, live, strong, ann, config):
    config.APPROVER_MUST_DIFFER = False
    waiting = make_awaiting(iris, strong, requested_by="ann")
    approve(waiting, user=ann, reason="There is only me.")
    assert live_version(iris) == strong


def test_the_question_and_the_answer_are_written_once(waiting, ann):
    from predictions.models.base import ImmutableRow

    refuse(waiting, user=ann, reason="No.")
    for row in (waiting.approval_request, ApprovalAnswer.objects.get()):
        with pytest.raises(ImmutableRow):
            row.save()
        with pytest.raises(ImmutableRow):
            row.delete()


def test_a_run_fenced_off_at_the_end_asks_nobody(iris, live, strong):
    from scheduling.evidence.outcomes import Decision
    from scheduling.judging.judge import RunFenced, conclude

    run = make_running(iris, candidate=strong)
    Run.objects.cancel(run, reason="Cancelled.")
    with pytest.raises(RunFenced):
        conclude(run, Decision(kind="awaiting_approval", reason="Better."), candidate=strong, replacing=None)
    run.refresh_from_db()
    assert (run.decision, hasattr(run, "approval_request")) == ("", False)
