"""What happens to a run, and to the flip, when the world changes while a candidate is judged."""

from datetime import timedelta

import pytest
from django.utils import timezone

from predictions.models import Promotion
from predictions.models.promotion import live_version
from scheduling.checks import CHECKS
from scheduling.checks.comparison.evaluation_metrics import EvaluationMetrics
from scheduling.checks.parity import Parity
from scheduling.judging.judge import judge
from scheduling.models import Run
from scheduling.runs import transitions
from scheduling.runs.transitions import RunFenced, note
from scheduling.statistics.comparison.verdict import Verdict
from scheduling.tests.run_factory import EPOCH, make_running
from scheduling.tests.version_factory import make_live, make_twin

pytestmark = pytest.mark.usefixtures("api", "rehearsed")


@pytest.fixture
def meanwhile(monkeypatch):
    """Let something happen just before a check is asked."""

    def let(happen, *, before=EvaluationMetrics):
        original = before.run

        def run(check, evidence):
            happen()
            return original(check, evidence)

        monkeypatch.setattr(before, "run", run)

    return let


def test_a_flip_in_between_is_not_undone(iris, live, strong, forests, meanwhile):
    twin = make_twin(iris, forests)
    meanwhile(lambda: make_live(twin))
    run = make_running(iris)
    judge(run, strong)
    run.refresh_from_db()
    assert (run.status, run.decision, run.promotion) == ("finished", "kept", None)
    assert run.reason.startswith("Kept: ")
    assert f": {Verdict.BETTER}. f1_macro" in run.reason
    assert (live_version(iris), Promotion.objects.count()) == (twin, 2)


def test_a_model_that_a_person_holds_is_not_flipped(iris, live, strong):
    iris.hold(by="ann", reason="an audit")
    run = make_running(iris)
    judge(run, strong)
    run.refresh_from_db()
    assert (run.status, run.decision, run.promotion) == ("finished", "kept", None)
    assert "ann: an audit" in run.reason
    assert live_version(iris) == live


def test_a_hold_that_begins_meanwhile_counts(iris, live, strong, meanwhile):
    meanwhile(lambda: type(iris).objects.get(pk=iris.pk).hold(by="ann", reason="stop"))
    run = make_running(iris)
    judge(run, strong)
    run.refresh_from_db()
    assert (run.decision, live_version(iris)) == ("kept", live)


def cancel(run):
    assert Run.objects.cancel(run, reason="Cancelled: not judged in time.")


def interrupt(run):
    assert transitions.interrupt(Run.objects.running(), reason="Interrupted: gone.") == 1


def take_over(run):
    """As no code does it: another leader works on the same run."""
    Run.objects.filter(pk=run.pk).update(epoch=EPOCH + 1)


@pytest.mark.parametrize(
    ("happen", "status", "reason"),
    [
        (cancel, "cancelled", "Cancelled: not judged in time."),
        (interrupt, "interrupted", "Interrupted: gone."),
        (take_over, "running", ""),
    ],
)
def test_a_run_that_is_no_longer_ours_flips_nothing_and_records_nothing_more(
    iris, live, strong, meanwhile, happen, status, reason
):
    run = make_running(iris)
    meanwhile(lambda: happen(run), before=Parity)
    with pytest.raises(RunFenced, match="run"):
        judge(run, strong)
    run.refresh_from_db()
    assert (run.status, run.reason, run.decision, run.promotion) == (status, reason, "", None)
    names = [check.id for check in CHECKS]
    assert [result.check_id for result in run.results.all()] == names[: names.index("parity")]
    assert (live_version(iris), Promotion.objects.count()) == (live, 1)


@pytest.mark.parametrize("happen", [cancel, interrupt, take_over])
def test_a_run_lost_at_the_very_end_takes_its_promotion_with_it(iris, live, strong, monkeypatch, happen):
    run = make_running(iris)
    from scheduling.judging import judge as judge_module

    def decide(outcomes, decide=judge_module.decide, **wanted):
        happen(run)
        return decide(outcomes, **wanted)

    monkeypatch.setattr(judge_module, "decide", decide)
    with pytest.raises(RunFenced):
        judge(run, strong)
    run.refresh_from_db()
    assert (run.promotion, run.decision) == (None, "")
    assert (live_version(iris), Promotion.objects.count()) == (live, 1)


def test_a_run_that_was_never_ours_is_not_even_noted(iris, live, strong):
    run = make_running(iris)
    Run.objects.filter(pk=run.pk).update(epoch=EPOCH + 1)
    with pytest.raises(RunFenced):
        judge(run, strong)
    run.refresh_from_db()
    assert (run.candidate, run.evidence) == (None, {})
    with pytest.raises(RunFenced):
        note(run=make_ended(iris), candidate=strong)


def make_ended(model):
    then = timezone.now() - timedelta(minutes=1)
    return make_running(model, status="failed", finished_at=then)
