"""How a candidate is judged: each path to a verdict, and what the audit says of it afterwards."""

from dataclasses import asdict

import pytest

from predictions.models import Promotion
from predictions.models.promotion import live_promotion, live_version
from predictions.registry.loading import VersionUnloadable
from scheduling.checks import CHECKS
from scheduling.checks.parity import Parity
from scheduling.checks.serving_cost import Latency
from scheduling.evidence.outcomes import Level, Outcome
from scheduling.evidence.rehearsed import RehearsalFailed
from scheduling.evidence.samples import hashes_of
from scheduling.judging.inputs import checks_in_force
from scheduling.judging.judge import judge
from scheduling.models import CheckResult, GatePolicy
from scheduling.models.checks import blocking_by_default
from scheduling.statistics.comparison.verdict import Verdict
from scheduling.tests.evidence_factory import POLICY, ask, make_evidence
from scheduling.tests.run_factory import make_running
from scheduling.tests.version_factory import make_live, make_twin

pytestmark = pytest.mark.usefixtures("api", "rehearsed")


def judged(model, candidate):
    run = make_running(model)
    judge(run, candidate)
    run.refresh_from_db()
    assert run.status == "finished"
    assert run.finished_at is not None
    return run


def levels(run):
    return {result.check_id: result.level for result in run.results.all()}


def test_a_better_candidate_goes_live_and_the_run_points_at_the_ledger(iris, live, strong):
    run = judged(iris, strong)
    assert (run.decision, run.candidate, run.champion) == ("promoted", strong, live)
    promotion = live_promotion(iris)
    assert (run.promotion, promotion.version, promotion.replaced_version) == (promotion, strong, live)
    assert (promotion.by, promotion.reason, promotion.sequence) == (f"run {run.pk}", run.reason, 2)
    assert all(said in run.reason for said in (Verdict.BETTER, "f1_macro", "0.556", "0.911"))


def test_every_check_is_recorded_with_measurement_limit_and_time(iris, live, strong):
    run = judged(iris, strong)
    results = {result.check_id: result for result in run.results.all()}
    assert list(results) == [check.id for check in CHECKS]
    assert results["leakage"].limit["needs_origin"] is False  # the demo's override
    for check in (one.check for one in checks_in_force(iris)):
        result = results[check.id]
        assert result.measured
        assert result.message
        assert result.seconds >= 0
        assert result.blocking is (check.id in blocking_by_default(iris))
        assert result.limit.items() >= check.limits.items()


def test_the_evidence_says_what_the_decision_can_be_checked_by(iris, live, strong):
    run = judged(iris, strong)
    evaluation = iris.datasets.get(role="evaluation")
    evidence = run.evidence
    assert run.evaluation_dataset == evaluation
    assert evidence["artefact_sha256"] == strong.artefact_sha256
    assert evidence["served_form_sha256"] == strong.served_form_sha256
    assert evidence["evaluation_sha256"] == evaluation.sha256
    assert evidence["champion_served_form_sha256"] == live.served_form_sha256
    assert evidence["policy"] == asdict(POLICY)
    assert evidence["seed"] == run.pk
    assert evidence["libraries"]["scikit-learn"]
    assert evidence["limits"]["latency"] == Latency().limits
    assert evidence["blocking"] == {check.id: check.id in blocking_by_default(iris) for check in CHECKS}


def test_while_it_works_the_run_says_what_it_is_doing(iris, live, strong, monkeypatch):
    run, steps = make_running(iris), []
    asked = Parity.run

    def look_and_ask(check, evidence):
        steps.append(type(run).objects.get(pk=run.pk).step)
        return asked(check, evidence)

    monkeypatch.setattr(Parity, "run", look_and_ask)
    judge(run, strong)
    run.refresh_from_db()
    assert (len(steps), run.step) == (1, "")
    assert "parity" in steps[0]


def test_a_candidate_that_answers_alike_is_not_told_from_the_champion(iris, weak, strong, forests):
    make_live(weak)
    make_live(strong)
    run = judged(iris, make_twin(iris, forests))
    assert (run.decision, run.promotion) == ("cannot_tell", None)
    assert Verdict.CANNOT_TELL in run.reason
    assert f"{round(settle(run), -2):,} " in run.reason
    assert live_version(iris) == strong
    assert levels(run)["evaluation_metrics"] == "warn"


def settle(run):
    return run.results.get(check_id="evaluation_metrics").measured["units_to_settle"]


def test_a_worse_candidate_is_not_flipped_to(iris, weak, strong):
    make_live(strong)
    run = judged(iris, weak)
    assert (run.decision, run.promotion, live_version(iris)) == ("kept", None, strong)
    assert f": {Verdict.WORSE}. " in run.reason


def test_the_first_version_goes_live_where_nothing_was(iris, weak):
    run = judged(iris, weak)
    assert (run.decision, run.champion, live_version(iris)) == ("promoted", None, weak)
    assert run.promotion.sequence == 1


def test_the_live_version_is_kept(iris, live):
    run = judged(iris, live)
    assert (run.decision, run.promotion) == ("kept", None)
    assert run.results.get(check_id="evaluation_metrics").details["verdict"] == Verdict.IS_LIVE
    assert Promotion.objects.count() == 1


def test_a_check_that_raises_blocks_and_says_what_it_raised(iris, live, strong, monkeypatch):
    monkeypatch.setattr(Parity, "run", broken)
    run = judged(iris, strong)
    assert (run.decision, run.promotion, live_version(iris)) == ("blocked", None, live)
    assert "parity (error): ZeroDivisionError." in run.reason
    result = run.results.get(check_id="parity")
    assert (result.level, result.message) == ("error", "ZeroDivisionError")
    assert result.limit == Parity().limits
    assert "in broken" in result.details["traceback"]
    assert "ZeroDivisionError: of a kind" in result.details["traceback"]
    assert len(levels(run)) == len(CHECKS)  # the others were asked all the same


def test_where_features_are_redacted_what_a_check_raised_is_kept_without_its_text(
    iris, live, strong, monkeypatch
):
    monkeypatch.setattr(Parity, "run", lambda check, evidence: float(f"{'-777.25':>>9}"))
    iris.redacted_features = ["petalwidth"]
    iris.save()
    result = judged(iris, strong).results.get(check_id="parity")
    assert (result.level, result.message) == ("error", "ValueError")
    assert "test_judge.py" in result.details["traceback"]
    assert ">>-777.25" not in str(result.details)


def test_a_candidate_that_does_not_start_blocks_and_is_told_of_by_each_check(iris, live, strong, monkeypatch):
    monkeypatch.setattr("scheduling.judging.rehearsing.rehearse", does_not_start)
    run = judged(iris, strong)
    assert (run.decision, live_version(iris)) == ("blocked", live)
    assert {name for name, level in levels(run).items() if level == "error"} == {
        "contract",
        "parity",
        "latency",
        "memory",
        "feature_drift",  # it is not loaded in the run's own process either
        "prediction_drift",
        "label_drift",
        "absolute_floors",
        "slices",
        "representative",
        "evaluation_metrics",
    }
    assert "latency" in run.reason
    assert run.reason.count("its server ended with -9") == 1  # told once for all of them


def test_an_api_that_is_not_healthy_blocks(iris, live, strong, httpserver):
    httpserver.clear()
    httpserver.expect_request("/").respond_with_data("no", status=404)
    httpserver.expect_request("/current_model").respond_with_json({"currentModel": None})
    run = judged(iris, strong)
    assert (run.decision, live_version(iris)) == ("blocked", live)
    assert "api_health: GET / of http://" in run.reason


def test_a_policy_that_takes_not_worse_flips_to_one_that_answers_alike(iris, weak, strong, forests):
    make_live(weak)
    make_live(strong)
    GatePolicy.objects.update(promote_when="not_worse", margin=0.2)
    twin = make_twin(iris, forests)
    run = judged(iris, twin)
    assert (run.decision, live_version(iris)) == ("promoted", twin)
    assert run.evidence["policy"]["promote_when"] == "not_worse"


def test_a_model_without_a_policy_gets_the_careful_one(iris, live, strong):
    GatePolicy.objects.all().delete()
    run = judged(iris, strong)
    assert run.decision == "promoted"
    assert run.evidence["policy"]["promote_when"] == "better"
    assert not GatePolicy.objects.exists()


def test_asking_keeps_the_time_and_whether_it_blocks(forests):
    outcome = ask(Latency(), make_evidence(forests), blocking=False)
    assert outcome.level is Level.PASS
    assert outcome.seconds > 0
    assert outcome.blocking is False


def test_asking_stores_no_number_that_json_lacks(forests, monkeypatch):
    answer = Outcome(level=Level.PASS, message="fine", measured={"x": float("nan")})
    monkeypatch.setattr(Latency, "run", lambda check, evidence: answer)
    outcome = ask(Latency(), make_evidence(forests))
    assert outcome.measured == {"x": None}
    assert outcome.message.endswith(": x.")


def test_what_evidence_cannot_be_gathered_of_is_raised(iris, live, strong, config):
    (config.MEDIA_ROOT / strong.served_form).unlink()
    run = make_running(iris)
    with pytest.raises(VersionUnloadable):
        judge(run, strong)
    assert not CheckResult.objects.exists()
    run.refresh_from_db()
    assert (run.status, run.candidate) == ("running", strong)


def broken(check, evidence):
    raise ZeroDivisionError("of a kind")


def does_not_start(candidate, rows, **champion):
    raise RehearsalFailed("its server ended with -9: ")


def test_the_evaluation_set_is_hashed_once(iris, live, strong, monkeypatch):
    hashed = []

    def count(frame, spec):
        hashed.append(len(frame))
        return hashes_of(frame, spec)

    for module in ("samples", "evidence"):
        monkeypatch.setattr(f"scheduling.evidence.{module}.hashes_of", count)
    assert judged(iris, strong).decision == "promoted"
    assert sorted(hashed) == [45, 105]
