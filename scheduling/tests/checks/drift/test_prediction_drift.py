"""Has the mix of predicted labels moved? A test and an effect, and too few rows said aloud."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from predictions.contract.answers import Answers
from scheduling.checks.drift.prediction_drift import PredictionDrift
from scheduling.evidence.outcomes import Level
from scheduling.evidence.samples import REFERENCE_SET
from scheduling.tests.evidence_factory import ask, make_evidence, make_log

LIMITS = {
    "alpha": 0.05, "drift_distance": 0.10, "possible_distance": 0.05, "visible_distance": 0.20,
    "least_logged_rows": 500, "most_logged_rows": 20_000,
}  # fmt: skip


def labels(*counts):
    """Answers with each label so often."""
    return Answers([label for label, count in enumerate(counts) for _ in range(count)])


def asked(forests, training, evaluation):
    """Evidence with other answers to the training and to the evaluation rows."""
    evidence = make_evidence(forests)
    samples = replace(
        evidence.samples,
        reference=replace(evidence.samples.reference, answers=training),
        evaluation=replace(evidence.samples.evaluation, answers=evaluation),
    )
    return replace(evidence, drift_samples=samples)


def run(forests, reference, evaluation, check=None):
    """How often each of the three labels was predicted for a reference set, and for the evaluation set."""
    evidence = with_reference_set(asked(forests, labels(*reference), labels(*evaluation)))
    return ask(check or PredictionDrift(), evidence)


def with_reference_set(evidence):
    """Not the rows that the candidate was trained on."""
    reference = replace(evidence.samples.reference, name=REFERENCE_SET)
    return replace(evidence, drift_samples=replace(evidence.samples, reference=reference))


def test_it_passes_the_same_mix_of_many_rows(forests):
    outcome = run(forests, [3000, 3000, 3000], [1000, 1010, 990])
    assert outcome.level is Level.PASS
    assert "0.003" in outcome.message
    assert outcome.measured["distance"] == pytest.approx(10 / 3000, rel=1e-6)
    assert outcome.limit == LIMITS
    assert outcome.details["distribution"] == {
        "kind": "categories",
        "names": ["0", "1", "2"],
        "reference": pytest.approx([1 / 3] * 3),
        "recent": pytest.approx([1000 / 3000, 1010 / 3000, 990 / 3000]),
    }


def test_it_fails_a_large_and_significant_change(forests):
    outcome = run(forests, [35, 35, 35], [30, 10, 5])
    assert outcome.level is Level.FAIL
    assert outcome.measured["distance"] == pytest.approx(30 / 45 - 35 / 105)
    assert outcome.measured["p"] < 0.05
    assert outcome.limit == LIMITS


def test_it_warns_of_a_change_that_is_significant_but_smaller(forests):
    outcome = run(forests, [3000, 3000, 3000], [1200, 900, 900])
    assert outcome.level is Level.WARN
    assert 0.05 <= outcome.measured["distance"] < 0.1


def test_it_passes_a_change_that_is_significant_and_tiny(forests):
    outcome = run(forests, [300_000, 300_000, 300_000], [104_000, 98_000, 98_000])
    assert outcome.measured["p"] < 0.001
    assert outcome.level is Level.PASS


def test_it_passes_a_large_change_that_chance_explains_only_with_a_warning(forests):
    outcome = run(forests, [5, 5, 5], [7, 4, 4])
    assert outcome.measured["distance"] > 0.10
    assert outcome.level is Level.WARN
    assert "0.67" in outcome.message


def test_it_says_that_the_fixtures_rows_are_too_few(forests):
    outcome = ask(PredictionDrift(), make_evidence(forests))
    assert outcome.level is Level.WARN
    assert "0.33" in outcome.message
    assert outcome.measured["visible_distance"] == pytest.approx(0.326, abs=0.0005)


def test_its_limits_can_be_changed(forests):
    check = PredictionDrift().with_limits({"drift_distance": 0.5, "visible_distance": 0.9})
    assert run(forests, [35, 35, 35], [30, 10, 5], check).level is Level.WARN
    assert run(forests, [35, 35, 35], [15, 15, 15], check).level is Level.PASS


def test_a_label_that_the_signature_lacks_is_one_more(forests):
    outcome = run(forests, [350, 350, 350], [150, 150, 100, 50])
    assert outcome.level is Level.FAIL
    assert outcome.details["distribution"]["names"] == ["0", "1", "2", "3"]


def test_of_its_own_training_rows_it_may_know_the_labels_by_heart(forests):
    """A forest answers the rare label as often as it was there, and of new rows less often."""
    outcome = ask(PredictionDrift(), asked(forests, labels(3000, 1000, 1000), labels(1800, 100, 100)))
    assert outcome.level is Level.WARN
    assert outcome.measured["distance"] >= outcome.limit["drift_distance"]
    assert outcome.measured["p"] <= outcome.limit["alpha"]


def requests(n):
    chance = np.random.default_rng(1)
    names = ("sepallength", "sepalwidth", "petallength", "petalwidth")
    return pd.DataFrame({name: chance.normal(5, 1, n) for name in names})


def test_what_is_asked_lately_is_newer_than_the_evaluation_set(forests):
    evidence = asked(forests, labels(300, 300, 300), labels(300, 300, 300))
    said = SimpleNamespace(spec=evidence.spec, predict_frame=lambda frame: labels(600, 200, 100))
    samples = replace(evidence.samples, log=make_log(requests(900)), candidate=said)
    outcome = ask(PredictionDrift(), with_reference_set(replace(evidence, drift_samples=samples)))
    assert outcome.level is Level.FAIL
    assert "reference set (105 rows) and prediction log (900 rows)" in outcome.message


def test_a_log_that_cannot_be_asked_leaves_the_evaluation_set(forests):
    evidence = asked(forests, labels(300, 300, 300), labels(300, 300, 300))
    redacted = make_log(requests(900).drop(columns="petalwidth"))
    said = SimpleNamespace(spec=evidence.spec, predict_frame=None)
    evidence = replace(evidence, drift_samples=replace(evidence.samples, log=redacted, candidate=said))
    assert ask(PredictionDrift(), evidence).details["recent"]["name"] == "evaluation set"


def of_values(forests, training, evaluation):
    evidence = asked(forests, Answers(list(training)), Answers(list(evaluation)))
    return ask(PredictionDrift(), replace(evidence, spec=replace(evidence.spec, task="regression")))


def test_the_values_of_a_regression_are_compared_by_their_distribution(forests):
    draw = np.random.default_rng(2)
    same = of_values(forests, draw.normal(0, 1, 800), draw.normal(0, 1, 700))
    assert same.level is Level.PASS
    assert same.details["distribution"]["kind"] == "numbers"
    moved = of_values(forests, draw.normal(0, 1, 800), draw.normal(0.5, 1, 700))
    assert moved.level is Level.WARN
    assert 0.10 <= moved.measured["distance"] < 0.3
