"""An evaluation set wears: what each look is told, which looks are counted, and when fresh labels are due."""

from dataclasses import replace

import pytest

from scheduling.checks.comparison.champion_comparison import USED_TOO_OFTEN
from scheduling.checks.comparison.evaluation_metrics import EvaluationMetrics
from scheduling.statistics.comparison.verdict import Verdict, alpha_at
from scheduling.tests.evidence_factory import POLICY, ask, make_evidence


def run(forests, **changes):
    return ask(EvaluationMetrics(), make_evidence(forests, **changes))


def test_the_first_look_spends_less_than_half_of_alpha(forests):
    outcome = run(forests)
    assert outcome.measured["look"] == {
        "number": 1,
        "alpha": alpha_at(1, 0.05),
        "margin_factor": 1.0,
        "metric": "f1_macro",
        "counted": True,
    }
    assert (outcome.spent.number, outcome.spent.alpha) == (1, alpha_at(1, 0.05))


def test_each_further_look_has_a_wider_interval(forests):
    widths = []
    for looks in (0, 9, 99):
        gain = run(forests, looks=looks).measured["gain"]
        widths.append(gain["high"] - gain["low"])
    assert [round(width / widths[0], 1) for width in widths] == [1.0, 1.6, 2.1]


def test_a_candidate_that_could_not_be_better_spends_nothing(forests):
    evidence = make_evidence(forests)
    outcome = run(forests, champion_answers=evidence.candidate_answers)
    assert (outcome.verdict, outcome.spent) == (Verdict.CANNOT_TELL, None)
    assert outcome.measured["look"]["counted"] is False


def test_where_not_worse_flips_the_margin_says_which_look_counts(forests):
    evidence = make_evidence(forests)
    policy = replace(POLICY, promote_when="not_worse", margin=0.2)
    outcome = run(forests, champion_answers=evidence.candidate_answers, policy=policy)
    assert (outcome.verdict, outcome.spent.number) == (Verdict.NOT_WORSE, 1)
    assert outcome.measured["asked"]["threshold"] == -0.2


@pytest.mark.parametrize(("looks", "worn"), [(30, False), (70, True)])
def test_a_worn_set_asks_for_fresh_labels(forests, looks, worn):
    outcome = run(forests, looks=looks)
    assert (USED_TOO_OFTEN in outcome.message) is worn
    assert (outcome.spent.margin_factor >= 2) is worn


def test_what_has_no_champion_or_no_number_spends_nothing(forests):
    assert run(forests, champion=None).spent is None
    assert run(forests, candidate="strong", champion="strong").spent is None
    assert run(forests, champion_answers=None, not_comparable="no").spent is None
