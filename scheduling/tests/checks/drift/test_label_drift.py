"""Are the labels mixed as in training? Not asked of a stratified split."""

from dataclasses import replace

import numpy as np
import pandas as pd

from scheduling.checks.drift.label_drift import LabelDrift
from scheduling.evidence.outcomes import Level
from scheduling.evidence.samples import LABELLED_LOG
from scheduling.tests.evidence_factory import ask, make_evidence, make_log


def run(forests, reference, evaluation, task="classification", told=None):
    evidence = make_evidence(forests)
    samples = replace(
        evidence.samples,
        reference=replace(evidence.samples.reference, frame=labelled(reference)),
        evaluation=replace(evidence.samples.evaluation, frame=pd.DataFrame({"species": evaluation})),
        log=make_log(pd.DataFrame()) if told is None else make_log(pd.DataFrame(), labelled(told)),
    )
    spec = replace(evidence.spec, task=task)
    return ask(LabelDrift(), replace(evidence, drift_samples=samples, spec=spec))


def labelled(labels):
    """Logged requests whose labels were told, no two of them alike."""
    return pd.DataFrame({"petalwidth": np.arange(len(labels)) / 7, "species": labels})


def test_labels_that_were_told_are_newer_than_the_evaluation_set(forests):
    outcome = run(forests, mix(100, 100, 100), mix(10, 10, 10), told=mix(400, 100, 100))
    assert outcome.level is Level.FAIL
    assert outcome.details["recent"] == {"name": LABELLED_LOG, "rows": 600, "asked": 600}
    same = run(forests, mix(100, 100, 100), mix(10, 10, 10), told=mix(200, 200, 200))
    assert same.level is Level.PASS


def test_few_labels_that_were_told_leave_the_evaluation_set(forests):
    outcome = run(forests, mix(100, 100, 100), mix(100, 100, 100), told=mix(400, 99))
    assert outcome.level is Level.NOT_APPLICABLE


def mix(*counts):
    return [label for label, count in enumerate(counts) for _ in range(count)]


def test_the_fixtures_split_is_stratified_so_nothing_is_asked(forests):
    outcome = ask(LabelDrift(), make_evidence(forests))
    assert outcome.level is Level.NOT_APPLICABLE
    assert "training set (105 rows) and evaluation set (45 rows)" in outcome.message
    assert outcome.measured["distance"] == 0
    assert outcome.details["distribution"]["names"] == ["0", "1", "2"]


def test_a_stratified_split_that_does_not_divide_evenly_is_one_too(forests):
    assert run(forests, mix(334, 333, 333), mix(34, 33, 33)).level is Level.NOT_APPLICABLE


def test_another_mix_fails(forests):
    outcome = run(forests, mix(1000, 1000, 1000), mix(500, 300, 200))
    assert outcome.level is Level.FAIL
    assert "0.167" in outcome.message


def test_a_mix_that_chance_explains_passes(forests):
    outcome = run(forests, mix(1000, 1000, 1000), mix(310, 340, 350))
    assert outcome.level is Level.PASS


def test_a_label_that_is_new_is_drift(forests):
    assert run(forests, mix(1000, 1000), mix(400, 400, 200)).level is Level.FAIL


def test_rows_without_a_label_are_missing(forests):
    outcome = run(forests, mix(1000, 1000, 1000), [*mix(300, 300, 300), *[None] * 200])
    assert outcome.level is Level.FAIL
    assert outcome.details["missing"]["recent"] > 0.18


def test_the_values_of_a_regression_are_compared_by_their_distribution(forests):
    chance = np.random.default_rng(1)
    same = run(forests, chance.normal(0, 1, 900), chance.normal(0, 1, 600), task="regression")
    assert same.level is Level.PASS
    moved = run(forests, chance.normal(0, 1, 900), chance.normal(0.6, 1, 600), task="regression")
    assert moved.level is Level.FAIL
    assert moved.details["distribution"]["kind"] == "numbers"
