"""Does the comparison speak of the traffic? Where requests are others, the rows are weighed like them."""

import re

import numpy as np
import pytest

from scheduling.checks.comparison.representative import Representative
from scheduling.evidence.outcomes import Level
from scheduling.evidence.provenance import Policy
from scheduling.evidence.samples import Sample, Samples
from scheduling.statistics.comparison.verdict import Verdict
from scheduling.tests.checks.comparison.sliced_evidence import FEATURES, make_frame, sliced_evidence
from scheduling.tests.evidence_factory import ask, make_evidence, make_log

NOT_WORSE = Policy(primary_metric="accuracy", promote_when="not_worse", margin=0.02)


def requests(n=3000, seed=9, **weights):
    """Requests like the evaluation rows, but for members, who come as often as `members` says."""
    frame = make_frame(20 * n, np.random.default_rng(seed)).drop(columns="y")
    share = weights.get("members", 0.5)
    chance = np.where(frame["member"] == 1, share, 1 - share)
    return frame.sample(n, random_state=seed, weights=chance).reset_index(drop=True)


def run(logged, *, n=6000, check=None, **columns):
    evidence = sliced_evidence(n, 1, differ=0.02, **({"policy": NOT_WORSE} | columns))
    evidence.samples = Samples(
        reference=Sample(name="training set", frame=make_frame(3000, np.random.default_rng(5))),
        evaluation=Sample(name="evaluation set", frame=evidence.judged),
        log=make_log(logged),
        importance={feature.name: 1 / len(FEATURES) for feature in FEATURES},
    )
    return ask(check or Representative(), evidence)


def test_requests_that_are_like_the_evaluation_rows_pass():
    outcome = run(requests())
    assert (outcome.level, outcome.verdict, outcome.measured["unlike"]) == (Level.PASS, None, 0)


def test_another_mix_is_told_and_passes_where_the_weighted_gain_does():
    outcome = run(requests(members=0.95))
    assert (outcome.level, outcome.verdict) == (Level.WARN, None)
    assert outcome.measured["gain"]["low"] > outcome.measured["threshold"] == -0.02
    assert outcome.measured["worth"] < 6000


def test_it_cannot_tell_where_the_weighted_rows_do_not_support_the_promotion():
    outcome = run(requests(members=0.95), worse_on="member = true", worse_by=0.05)
    assert (outcome.level, outcome.verdict) == (Level.FAIL, Verdict.NOT_REPRESENTATIVE)
    assert outcome.measured["gain"]["high"] < 0
    assert outcome.message.startswith("95% of the requests have one value of member, but only 50% of")
    assert outcome.details["unlike"] in ("member = true", "member = false")
    assert "true" not in outcome.message


def test_it_cannot_tell_where_the_evaluation_set_has_no_row_like_the_requests():
    old = requests().assign(age=lambda frame: frame["age"] + 1000)
    outcome = run(old)
    assert outcome.verdict is Verdict.NOT_REPRESENTATIVE
    assert "of the requests have a value of age like no evaluation row" in outcome.message
    assert outcome.message.count("%") == 1  # no second share that seems to contradict it
    assert outcome.measured["unseen"] == pytest.approx(0.8, abs=0.02)  # of five bins all but the first
    assert "gain" not in outcome.measured


def test_the_share_is_of_what_the_evaluation_set_lacks_and_of_all_of_a_range():
    chance = np.random.default_rng(3).random(3000)
    older = requests().assign(age=lambda frame: np.where(chance < 0.8, 70 + frame["age"] % 10, frame["age"]))
    outcome = run(older)
    shares = [int(share) for share in re.findall(r"(\d+)%", outcome.message)]
    assert shares[0] > 50 > shares[1]
    assert outcome.details["unlike"].startswith("age >= ")


def test_of_the_statistics_there_is_a_line_of_its_own():
    outcome = run(requests(members=0.95), worse_on="member = true", worse_by=0.05)
    assert "accuracy" not in outcome.message
    assert "accuracy gains between -0.0" in outcome.statistics


def test_of_a_redacted_feature_no_value_is_kept():
    outcome = run(requests(members=0.95), redacted=frozenset({"member"}))
    assert outcome.details["unlike"] is None


def test_without_requests_or_a_champion_there_is_nothing_to_ask(forests):
    assert run(requests()[:499]).level is Level.NOT_APPLICABLE
    assert run(requests(members=0.95), not_comparable="other labels").level is Level.NOT_APPLICABLE
    assert ask(Representative(), make_evidence(forests, champion=None)).level is Level.NOT_APPLICABLE


@pytest.mark.parametrize("metric", ["brier", "roc_auc"])
def test_losses_and_ranks_are_weighed_too(metric):
    policy = Policy(primary_metric=metric, promote_when="not_worse", margin=0.02)
    worse = {"worse_on": "member = true", "worse_by": 0.2}
    assert run(requests(members=0.95), metric=metric, policy=policy, **worse).verdict
    assert run(requests(members=0.95), metric=metric, policy=policy).verdict is None


def test_a_label_is_no_feature_and_every_kind_can_be_weighed():
    logged = requests()
    logged = logged[(logged["country"] != "DE") & (logged["visits"] > 0) & logged["plan"].notna()]
    outcome = run(logged, check=Representative(drift_distance=0.05))
    assert outcome.measured["unlike"] >= 3
    assert outcome.measured["worth"] < 3000
