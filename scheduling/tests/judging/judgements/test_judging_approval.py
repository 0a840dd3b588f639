"""A judged candidate that a person flips, or nobody: what the run, the ledger and the questions say."""

import pytest

from predictions.models import Promotion
from predictions.models.promotion import live_version
from predictions.tests.factories import make_person
from scheduling.approvals.approvals import approve
from scheduling.judging.judge import judge
from scheduling.models import ApprovalRequest
from scheduling.statistics.comparison.verdict import Verdict
from scheduling.tests.run_factory import make_running
from scheduling.tests.version_factory import make_live, make_twin

pytestmark = pytest.mark.usefixtures("api", "rehearsed")


def judged(model, candidate, approval):
    policy = model.policy
    policy.approval = approval
    policy.save()
    run = make_running(model, trigger="schedule")
    judge(run, candidate)
    run.refresh_from_db()
    return run


def test_by_a_person_it_waits_and_goes_live_when_approved(iris, live, strong):
    run = judged(iris, strong, "by_person")
    assert (run.status, run.decision, run.promotion) == ("finished", "awaiting_approval", None)
    assert all(said in run.reason for said in (Verdict.BETTER, "f1_macro", "0.911"))
    assert (run.evidence["policy"]["approval"], run.finished_at is not None) == ("by_person", True)
    assert live_version(iris) == live
    promotion = approve(run, user=make_person(), reason="I read it.")
    run.refresh_from_db()
    assert (run.decision, run.promotion, live_version(iris)) == ("promoted", promotion, strong)


def test_a_held_model_waits_too(iris, live, strong):
    iris.hold(by="ann", reason="an audit")
    assert judged(iris, strong, "by_person").decision == "awaiting_approval"


def test_never_flips_nothing_and_asks_nobody(iris, live, strong):
    run = judged(iris, strong, "never")
    assert (run.status, run.decision, run.promotion) == ("finished", "would_promote", None)
    assert f": {Verdict.BETTER}. f1_macro" in run.reason
    assert (live_version(iris), ApprovalRequest.objects.count()) == (live, 0)


def test_the_end_of_a_run_lets_what_is_outdated_lapse(iris, live, strong, forests):
    older = judged(iris, strong, "by_person")
    twin = make_twin(iris, forests, of="weak")
    make_live(twin)
    newer = judged(iris, strong, "by_person")
    older.refresh_from_db()
    assert (older.decision, newer.decision) == ("lapsed", "awaiting_approval")
    assert str(twin) in older.approval_request.answer.reason


def test_what_was_outdated_while_it_was_judged_lapses_at_once(iris, live, strong, forests, monkeypatch):
    twin = make_twin(iris, forests, of="weak")
    from scheduling.judging import judge as judge_module

    def decide(outcomes, decide=judge_module.decide, **wanted):
        make_live(twin)
        return decide(outcomes, **wanted)

    monkeypatch.setattr(judge_module, "decide", decide)
    run = judged(iris, strong, "by_person")
    assert (run.decision, run.promotion, Promotion.objects.count()) == ("lapsed", None, 2)
