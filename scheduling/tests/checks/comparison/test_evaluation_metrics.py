"""Is the candidate better than the champion? Each verdict, and what is recorded with it."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from predictions.contract.answers import Answers
from scheduling.checks.comparison.champion_comparison import compare, figures
from scheduling.checks.comparison.evaluation_metrics import EvaluationMetrics
from scheduling.evidence.outcomes import Level
from scheduling.statistics.comparison.verdict import Verdict
from scheduling.statistics.metrics.table import METRICS as TABLE
from scheduling.tests.evidence_factory import POLICY, ask, make_evidence

LIMITS = {"alpha": 0.05} | asdict(POLICY)
METRICS = {
    "accuracy", "balanced_accuracy", "f1_macro", "f1_weighted", "log_loss", "brier", "precision_macro",
    "roc_auc", "average_precision",
}  # fmt: skip
FOUND = {
    "tolerated",
    "candidate",
    "champion",
    "gain",
    "asked",
    "look",
    "units",
    "units_to_settle",
    "mcnemar",
    "dependence",
}


def run(forests, *, check=None, **changes):
    return ask(check or EvaluationMetrics(), make_evidence(forests, **changes))


def test_it_finds_a_better_candidate_and_keeps_all_numbers_of_both(forests):
    outcome = run(forests)
    assert (outcome.level, outcome.verdict) == (Level.PASS, Verdict.BETTER)
    assert set(outcome.measured) == FOUND | {"own_interval", "unseen_share"}
    assert outcome.measured["unseen_share"] == pytest.approx(3 / 45)
    assert set(outcome.measured["candidate"]) == set(outcome.measured["champion"]) == METRICS
    assert outcome.measured["champion"]["accuracy"] == pytest.approx(30 / 45)
    assert outcome.measured["gain"]["low"] > 0.01
    assert outcome.limit == LIMITS
    assert outcome.details == {
        "verdict": "better",
        "rows": 45,
        "undefined": {"candidate": {}, "champion": {}},
    }


def test_its_message_has_both_values_and_its_statistics_the_interval(forests):
    outcome = run(forests)
    gain = outcome.measured["gain"]
    for said in (
        "f1_macro",
        "0.556",
        "0.911",
        "45 rows",
    ):
        assert said in outcome.message
    ends = f"True gain between {gain['low']:.2f} and {gain['high']:.2f}, 97.8 % sure of each limit."
    for said in (ends, "0.022", "1 in 15", "45 rows"):
        assert said in outcome.statistics


def test_it_never_claims_to_be_surer_than_each_end_of_the_interval_is(forests):
    for alpha, said in ((0.05, "97.8 %"), (0.4, "82.5 %")):
        assert said in run(forests, check=EvaluationMetrics(alpha=alpha)).statistics


@pytest.mark.parametrize(
    ("old", "new", "word"), [(0.5, 0.9, "rose"), (0.9, 0.5, "fell"), (0.5, 0.5, "stayed")]
)
def test_it_says_which_way_the_metric_went(forests, old, new, word):
    assert f" {word} " in compare(TABLE["f1_macro"], make_evidence(forests), 0.05).message(old, new)


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
    settle = outcome.measured["units_to_settle"]
    assert f"{round(settle, -2):,}" in outcome.message


def test_without_a_least_gain_it_tells_how_many_rows_the_gain_that_it_found_would_need(forests):
    policy = replace(POLICY, least_gain=0.0)
    same = run(forests, champion_answers=make_evidence(forests).candidate_answers, policy=policy)
    assert (same.verdict, same.measured["units_to_settle"]) == (Verdict.CANNOT_TELL, None)
    one_off = make_evidence(forests).candidate_answers
    outputs = [*one_off.outputs]
    outputs[0] = 1 - outputs[0] if outputs[0] in (0, 1) else 0
    close = run(forests, champion_answers=Answers(outputs, one_off.probabilities), policy=policy)
    assert close.verdict is Verdict.CANNOT_TELL
    assert (
        f"{round(close.measured['units_to_settle'], 2 - len(str(close.measured['units_to_settle']))):,}"
        in (close.message)
    )


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (0.5, 0.25, ("0.500", "0.250")),
        (0.4751, 0.4754, ("0.4751", "0.4754")),
        (0.5, 0.5, ("0.500", "0.500")),
        (12345.6, 99.0, ("12,346", "99.000")),
    ],
)
def test_two_values_are_shown_with_the_decimals_that_tell_them_apart(old, new, shown):
    assert figures(old, new) == shown


def test_it_finds_one_that_is_not_worse_by_more_than_the_margin(forests):
    evidence = make_evidence(forests)
    outcome = run(forests, champion_answers=evidence.candidate_answers, policy=replace(POLICY, margin=0.1))
    assert (outcome.level, outcome.verdict) == (Level.PASS, Verdict.NOT_WORSE)
    assert outcome.limit["margin"] == 0.1


def test_the_policys_metric_decides(forests):
    outcome = run(forests, policy=replace(POLICY, primary_metric="accuracy"))
    assert outcome.message.startswith("accuracy ")
    assert outcome.limit["primary_metric"] == "accuracy"


def test_a_first_version_has_nothing_to_be_compared_with(forests):
    outcome = run(forests, champion=None)
    assert (outcome.level, outcome.verdict) == (Level.NOT_APPLICABLE, Verdict.NO_CHAMPION)
    assert set(outcome.measured) == {"candidate", "gain", "look", "own_interval", "unseen_share"}
    assert (outcome.measured["gain"], outcome.measured["look"]) == (None, None)
    assert outcome.limit == LIMITS


def test_the_live_version_is_not_compared_with_itself(forests):
    outcome = run(forests, candidate="strong", champion="strong")
    assert (outcome.level, outcome.verdict) == (Level.NOT_APPLICABLE, Verdict.IS_LIVE)
    assert "f1_macro is 0.9" in outcome.message


def test_it_cannot_tell_where_a_class_is_absent_and_says_so(forests):
    evidence = make_evidence(forests)
    rows = [i for i, label in enumerate(evidence.frame["species"]) if label != 1]

    def some(answers):
        return Answers([answers.outputs[i] for i in rows], answers.probabilities[rows])

    outcome = run(
        forests,
        frame=evidence.frame.iloc[rows],
        served_answers=some(evidence.candidate_answers),
        champion_answers=some(evidence.champion_answers),
    )
    assert (outcome.level, outcome.verdict) == (Level.WARN, Verdict.CANNOT_TELL)
    assert "1 has 0" in outcome.message
    assert outcome.measured["gain"] is None


def test_a_label_that_the_signature_lacks_is_an_error_without_a_verdict(forests):
    frame = make_evidence(forests).frame
    frame.loc[0, "species"] = 9
    outcome = run(forests, frame=frame)
    assert (outcome.level, outcome.verdict, outcome.message) == (Level.ERROR, None, "KeyError")


def test_a_metric_that_this_signature_cannot_have_is_told(forests):
    outcome = run(forests, policy=replace(POLICY, primary_metric="rmse"))
    assert (outcome.level, outcome.verdict) == (Level.WARN, Verdict.CANNOT_TELL)
    assert "rmse" in outcome.message


def test_ranks_of_three_labels_ask_for_rows_of_each(forests):
    """Iris has 15 of each."""
    outcome = run(forests, policy=replace(POLICY, primary_metric="roc_auc"))
    assert outcome.verdict is Verdict.CANNOT_TELL
    for said in ("roc_auc", "20 rows", "0 has 15, 1 has 15, 2 has 15"):
        assert said in outcome.message


def test_what_cannot_be_compared_is_told_with_the_reason(forests):
    outcome = run(forests, champion_answers=None, not_comparable="the champion is another thing")
    assert (outcome.level, outcome.verdict, outcome.spent) == (Level.WARN, Verdict.CANNOT_TELL, None)
    assert "the champion is another thing." in outcome.message
    assert set(outcome.measured) >= {"candidate", "gain"}


def test_rows_fixed_and_broken_are_told_with_mcnemars_p(forests):
    found = run(forests).measured["mcnemar"]
    assert (found["fixed"] - found["broken"]) >= 10
    assert found["p"] < 0.01


def test_a_share_of_the_champions_value_is_asked_for(forests):
    outcome = run(forests, policy=replace(POLICY, relative=True, least_gain=0.1, margin=0.2))
    champion = outcome.measured["champion"]["f1_macro"]
    assert outcome.measured["asked"] == pytest.approx(
        {"least_gain": 0.1 * champion, "margin": 0.2 * champion, "threshold": 0.1 * champion}
    )


def test_a_group_of_rows_is_the_unit(forests):
    groups = np.arange(45) // 3
    outcome = run(forests, groupings={"plant": groups}, policy=replace(POLICY, group_column="plant"))
    assert outcome.measured["units"] == {"groups": 15}
    assert "mcnemar" not in outcome.measured  # it takes rows that do not depend on each other
    assert "15 groups" in outcome.message
    assert outcome.measured["dependence"]["by"] == "plant"


def test_a_smaller_alpha_is_harder_to_please(forests):
    wide = run(forests, check=EvaluationMetrics(alpha=0.001)).measured["gain"]
    narrow = run(forests).measured["gain"]
    assert wide["low"] < narrow["low"] < narrow["high"] < wide["high"]


@pytest.mark.parametrize(
    ("looks", "margin", "tolerated"), [(0, 0.0, False), (0, 0.001, True), (1, 0.001, False), (1, 0.5, False)]
)
def test_a_loss_within_the_margin_is_tolerated_at_the_first_look_only(forests, looks, margin, tolerated):
    policy = replace(POLICY, promote_when="unless_worse", margin=margin)
    same = make_evidence(forests).candidate_answers
    outcome = run(forests, champion_answers=same, policy=policy, looks=looks)
    assert outcome.measured["tolerated"] is tolerated
    assert outcome.spent is not None  # it may have promoted


def test_a_loss_of_more_than_the_margin_is_not_tolerated(forests):
    evidence = make_evidence(forests, candidate="weak", champion="strong")
    policy = replace(POLICY, promote_when="unless_worse", margin=0.01)
    outcome = EvaluationMetrics().run(replace(evidence, policy=policy))
    assert outcome.measured["tolerated"] is False
    assert (
        EvaluationMetrics().run(replace(evidence, policy=replace(policy, margin=0.5))).measured["tolerated"]
    )
