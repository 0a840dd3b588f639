"""Is the candidate better than the champion? Each verdict, and what is recorded with it."""

from dataclasses import replace

import pytest

from predictions.serving import Answers
from scheduling.checks.evaluation_metrics import EvaluationMetrics
from scheduling.judging import ask
from scheduling.outcomes import Level, Verdict
from scheduling.tests.evidence_factory import POLICY, make_evidence

LIMITS = {"alpha": 0.05, "log_loss_floor": 0.01} | POLICY
METRICS = {"f1_macro", "accuracy", "precision_macro", "recall_macro", "log_loss"}


def run(forests, *, check=None, **changes):
    return ask(check or EvaluationMetrics(), make_evidence(forests, **changes))


def test_it_finds_a_better_candidate_and_keeps_all_numbers_of_both(forests):
    outcome = run(forests)
    assert (outcome.level, outcome.verdict) == (Level.PASS, Verdict.BETTER)
    assert set(outcome.measured) == {"candidate", "champion", "gain"}
    assert set(outcome.measured["candidate"]) == set(outcome.measured["champion"]) == METRICS
    assert outcome.measured["champion"]["accuracy"] == pytest.approx(30 / 45)
    assert outcome.measured["gain"]["low"] > 0.01
    assert outcome.limit == LIMITS
    assert outcome.details == {"verdict": "better", "rows": 45}


def test_its_message_has_both_values_and_the_interval(forests):
    message = run(forests).message
    assert message.startswith("f1_macro 0.9")
    assert "against 0.556 on 45 rows: the gain lies between +0." in message


def test_it_finds_a_worse_candidate(forests):
    outcome = run(forests, candidate="weak", champion="strong")
    assert (outcome.level, outcome.verdict) == (Level.FAIL, Verdict.WORSE)
    assert outcome.measured["gain"]["high"] < 0
    assert outcome.limit == LIMITS


def test_it_cannot_tell_two_that_answer_alike_and_says_what_would_settle_it(forests):
    evidence = make_evidence(forests)
    outcome = run(forests, champion_answers=evidence.candidate_answers)
    assert (outcome.level, outcome.verdict) == (Level.WARN, Verdict.CANNOT_TELL)
    assert outcome.measured["gain"]["low"] < 0 < outcome.measured["gain"]["high"]
    assert "labelled rows would settle it" in outcome.message


def test_without_a_least_gain_it_asks_for_one(forests):
    evidence = make_evidence(forests)
    outcome = run(forests, champion_answers=evidence.candidate_answers, policy=POLICY | {"least_gain": 0.0})
    assert outcome.verdict is Verdict.CANNOT_TELL
    assert "set the policy's least gain" in outcome.message


def test_it_finds_one_that_is_not_worse_by_more_than_the_margin(forests):
    evidence = make_evidence(forests)
    outcome = run(forests, champion_answers=evidence.candidate_answers, policy=POLICY | {"margin": 0.1})
    assert (outcome.level, outcome.verdict) == (Level.PASS, Verdict.NOT_WORSE)
    assert outcome.limit["margin"] == 0.1


def test_the_policys_metric_decides(forests):
    outcome = run(forests, policy=POLICY | {"primary_metric": "accuracy"})
    assert outcome.message.startswith("accuracy 0.")
    assert outcome.limit["primary_metric"] == "accuracy"


def test_a_first_version_has_nothing_to_be_compared_with(forests):
    outcome = run(forests, champion=None)
    assert (outcome.level, outcome.verdict) == (Level.NOT_APPLICABLE, Verdict.NO_CHAMPION)
    assert set(outcome.measured) == {"candidate", "gain"}
    assert outcome.measured["gain"] is None
    assert outcome.limit == LIMITS


def test_the_live_version_is_not_compared_with_itself(forests):
    outcome = run(forests, candidate="strong", champion="strong")
    assert (outcome.level, outcome.verdict) == (Level.NOT_APPLICABLE, Verdict.IS_LIVE)
    assert outcome.message.startswith("It is live already, with f1_macro 0.9")


def test_it_cannot_tell_where_a_class_is_absent_and_says_so(forests):
    evidence = make_evidence(forests)
    rows = [i for i, label in enumerate(evidence.frame["species"]) if label != 1]

    def some(answers):
        return Answers([answers.outputs[i] for i in rows], answers.probabilities[rows])

    outcome = run(
        forests,
        frame=evidence.frame.iloc[rows],
        candidate_answers=some(evidence.candidate_answers),
        champion_answers=some(evidence.champion_answers),
    )
    assert (outcome.level, outcome.verdict) == (Level.WARN, Verdict.CANNOT_TELL)
    assert "f1_macro cannot be compared: a class has no rows" in outcome.message
    assert outcome.measured["gain"] is None


def test_a_label_that_the_signature_lacks_is_an_error_without_a_verdict(forests):
    frame = make_evidence(forests).frame
    frame.loc[0, "species"] = 9
    outcome = run(forests, frame=frame)
    assert (outcome.level, outcome.verdict, outcome.message) == (Level.ERROR, None, "KeyError: 9")


def test_a_regression_is_not_judged(forests):
    evidence = make_evidence(forests)
    outcome = run(forests, spec=replace(evidence.spec, task="regression"))
    assert (outcome.level, outcome.verdict) == (Level.ERROR, None)


def test_a_smaller_alpha_is_harder_to_please(forests):
    wide = run(forests, check=EvaluationMetrics(alpha=0.001)).measured["gain"]
    narrow = run(forests).measured["gain"]
    assert wide["low"] < narrow["low"] < narrow["high"] < wide["high"]
