"""Have the features moved? Column by column, weighed by how much the candidate uses each."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from scheduling.checks.base import UnknownLimit
from scheduling.checks.drift.feature_drift import FeatureDrift
from scheduling.evidence.outcomes import Level
from scheduling.tests.evidence_factory import ask, make_evidence, make_log

NAMES = ("sepallength", "sepalwidth", "petallength", "petalwidth")


def frame(n, seed, **shift):
    chance = np.random.default_rng(seed)
    columns = {name: chance.normal(5 + shift.get(name, 0), 1, n) for name in NAMES}
    return pd.DataFrame(columns | {"species": chance.integers(0, 3, n)})


def run(forests, *, n=2000, recent=1000, logged=None, check=None, **shift):
    evidence = make_evidence(forests)
    samples = replace(
        evidence.samples,
        reference=replace(evidence.samples.reference, frame=frame(n, 1)),
        evaluation=replace(evidence.samples.evaluation, frame=frame(recent, 2, **shift)),
        log=make_log(pd.DataFrame()) if logged is None else make_log(logged),
    )
    return ask(check or FeatureDrift(), replace(evidence, drift_samples=samples))


def column(outcome, name):
    return next(one for one in outcome.details["columns"] if one["name"] == name)


def test_it_passes_what_has_not_moved(forests):
    outcome = run(forests)
    assert outcome.level is Level.PASS
    assert "training set (2,000 rows) and evaluation set (1,000 rows)" in outcome.message
    assert outcome.measured == {
        "drifted_importance": 0.0, "drift": 0, "possible_drift": 0, "too_few_rows": 0, "no_drift": 4,
    }  # fmt: skip
    assert outcome.limit == FeatureDrift().limits


def test_drift_in_a_feature_that_is_used_fails(forests):
    outcome = run(forests, petallength=1)
    assert outcome.level is Level.FAIL
    assert "0.44" in outcome.message
    assert "petallength (drift, " in outcome.message
    assert outcome.measured["drifted_importance"] == pytest.approx(0.44)
    assert column(outcome, "petallength")["state"] == "drift"
    assert column(outcome, "petalwidth")["state"] == "no drift"


def test_drift_in_a_feature_that_is_hardly_used_is_told_only(forests):
    outcome = run(forests, sepalwidth=1)
    assert outcome.level is Level.WARN
    assert "0.02" in outcome.message
    assert "sepalwidth (drift, " in outcome.message


def test_a_change_that_is_significant_but_smaller_is_possible_drift(forests):
    outcome = run(forests, n=20_000, recent=10_000, petallength=0.18)
    assert outcome.level is Level.WARN
    assert column(outcome, "petallength")["state"] == "possible drift"
    assert outcome.measured["drifted_importance"] == 0


def test_a_change_that_is_significant_and_tiny_passes(forests):
    outcome = run(forests, n=100_000, recent=100_000, petallength=0.03)
    assert column(outcome, "petallength")["p"] < 0.001
    assert outcome.level is Level.PASS


def test_values_that_go_missing_are_drift(forests):
    evidence = make_evidence(forests)
    gaps = frame(1000, 2)
    gaps.loc[:199, "petalwidth"] = np.nan
    samples = replace(
        evidence.samples,
        reference=replace(evidence.samples.reference, frame=frame(2000, 1)),
        evaluation=replace(evidence.samples.evaluation, frame=gaps),
    )
    outcome = ask(FeatureDrift(), replace(evidence, drift_samples=samples))
    assert outcome.level is Level.FAIL
    assert column(outcome, "petalwidth")["missing"] == {"reference": 0.0, "recent": 0.2}


def test_the_fixtures_rows_are_too_few_and_that_is_said(forests):
    outcome = ask(FeatureDrift(), make_evidence(forests))
    assert outcome.level is Level.WARN
    assert outcome.measured["too_few_rows"] == 4
    for said in ("0.33", "training set (105 rows) and evaluation set (45 rows)"):
        assert said in outcome.message


def test_the_log_is_newer_than_the_evaluation_set(forests):
    outcome = run(forests, logged=frame(1000, 3, petalwidth=1).drop(columns="species"))
    assert outcome.level is Level.FAIL
    assert "prediction log (1,000 rows)" in outcome.message
    assert outcome.details["recent"] == {"name": "prediction log", "rows": 1000, "asked": 1000}


def test_a_request_that_is_sent_again_and_again_counts_once(forests):
    asked = frame(612, 3).drop(columns="species")
    asked.iloc[:100] = asked.iloc[0].to_numpy()
    outcome = run(forests, logged=asked)
    assert outcome.level is Level.PASS
    assert "prediction log (612 rows, 513 without repeats)" in outcome.message
    assert outcome.details["recent"] == {"name": "prediction log", "rows": 513, "asked": 612}


def test_a_log_of_repeats_is_no_witness_and_that_is_said(forests):
    asked = frame(612, 3, petallength=2).drop(columns="species")
    asked.iloc[130:] = asked.iloc[0].to_numpy()
    outcome = run(forests, logged=asked)
    assert outcome.level is Level.PASS
    for said in ("evaluation set (1,000 rows)", "prediction log (612 rows, 130 without repeats)", "500"):
        assert said in outcome.message
    assert outcome.details["recent"] == {"name": "evaluation set", "rows": 1000}
    few = run(forests, logged=asked, check=FeatureDrift(least_logged_rows=100))
    assert few.level is Level.FAIL
    assert "prediction log (612 rows, 130 without repeats)" in few.message


def test_a_person_says_how_many_rows_of_the_log_are_read(forests):
    outcome = run(forests, logged=frame(900, 3)[list(NAMES)], check=FeatureDrift(most_logged_rows=600))
    assert "prediction log (600 rows)" in outcome.message
    for limits in ({"least_logged_rows": 0}, {"most_logged_rows": 10**9}, {"least_logged_rows": 1.5}):
        with pytest.raises(UnknownLimit):
            FeatureDrift().with_limits(limits)


def test_a_redacted_feature_is_told(forests):
    known = frame(1000, 3)[["sepallength", "petallength", "petalwidth"]]
    outcome = run(forests, logged=known)
    assert outcome.level is Level.WARN
    assert "sepalwidth" in outcome.message
    assert outcome.details["redacted"] == ["sepalwidth"]
    assert len(outcome.details["columns"]) == 3


def test_each_columns_two_distributions_are_kept(forests):
    shown = column(run(forests), "sepallength")["distribution"]
    assert len(shown["edges"]) == 21
    assert [sum(shown[side]) for side in ("reference", "recent")] == pytest.approx([1, 1])


def test_its_limits_can_be_changed(forests):
    assert run(forests, petallength=1, check=FeatureDrift(drifted_importance=0.5)).level is Level.WARN
    assert run(forests, petallength=1, check=FeatureDrift(drift_distance=0.9)).level is Level.WARN
