"""Evaluation rows that training knew, and features that give the label away."""

import numpy as np
import pandas as pd
import pytest

from scheduling.checks.leakage import Leakage
from scheduling.evidence.outcomes import Level
from scheduling.tests.evidence_factory import ask, make_evidence, read_csv
from scheduling.tests.quality_factory import OUTPUT, evidence_of, spec_of, split, table_of

LIMITS = {"max_leaked_share": 0.02, "max_one_feature_score": 0.99, "one_feature_rows": 5000}
LIMITS |= {"needs_origin": True}


def run(training, evaluation, spec, **limits):
    return ask(Leakage(**limits), evidence_of(training, evaluation, spec))


def parts_of(name):
    table, spec = table_of(name)
    return *split(table, spec), spec


def joined(*parts):
    return pd.concat(parts).reset_index(drop=True)


def test_it_passes_the_fixture_whose_training_set_has_twins(forests):
    outcome = ask(Leakage(), make_evidence(forests))
    assert outcome.level is Level.PASS
    for said in ("0 of 45", "petalwidth", "0.97"):
        assert said in outcome.message
    assert outcome.measured["share_by_chance"] == pytest.approx(2 / 105)
    assert outcome.limit == LIMITS
    assert outcome.details["seed"] == 0


def test_it_fails_where_evaluation_rows_were_trained_on():
    training, evaluation, spec = parts_of("breast_cancer")
    outcome = run(joined(training, evaluation.head(40)), evaluation, spec)
    assert outcome.level is Level.FAIL
    assert "40 of 171 rows" in outcome.message
    assert outcome.details["findings"][0]["examples"] == [f"row {row}" for row in range(5)]
    assert outcome.measured["rows_in_training"] == outcome.measured["with_the_same_label"] == 40
    assert outcome.measured["p"] < 1e-9
    assert outcome.details["findings"][0]["count"] == 40


def test_a_row_found_with_another_label_is_found_all_the_same():
    training, evaluation, spec = parts_of("breast_cancer")
    turned = evaluation.head(40).assign(**{OUTPUT: 1 - evaluation[OUTPUT].head(40)})
    outcome = run(joined(training, turned), evaluation, spec)
    assert (outcome.level, outcome.measured["with_the_same_label"]) == (Level.FAIL, 0)


def test_a_few_rows_more_than_allowed_are_told():
    training, evaluation, spec = parts_of("wine")
    outcome = run(joined(training, evaluation.head(2)), evaluation, spec)
    assert outcome.level is Level.WARN
    assert outcome.measured["p"] > 0.01
    assert run(joined(training, evaluation.head(1)), evaluation, spec).level is Level.PASS


def test_rows_of_coarse_data_meet_by_chance(forests):
    rng = np.random.default_rng(3)
    table = pd.DataFrame(rng.integers(0, 4, size=(600, 3)).astype(float), columns=["a", "b", "c"])
    table[OUTPUT] = rng.integers(0, 2, size=600)
    outcome = run(table.head(400), table.tail(200), spec_of(table))
    assert outcome.measured["share_in_training"] > 0.9
    assert outcome.level is Level.PASS


def test_missing_values_and_texts_are_compared_too():
    training, evaluation, spec = parts_of("penguins")
    incomplete = evaluation[evaluation.isna().any(axis=1)]
    outcome = run(joined(training, incomplete), evaluation, spec)
    assert outcome.measured["rows_in_training"] == len(incomplete) > 0


def test_minus_zero_is_zero(forests):
    frame = read_csv("evaluation").assign(petalwidth=0.0)
    outcome = ask(Leakage(), make_evidence(forests, frame=frame, training=frame.assign(petalwidth=-0.0)))
    assert outcome.measured["rows_in_training"] == 45


def given_away(table, how):
    """A column that gives the label away."""
    rng = np.random.default_rng(1)
    codes = np.unique(table[OUTPUT], return_inverse=True)[1]
    leaks = {
        "a copy": codes.astype(float),
        "noisy": codes * 10 + rng.normal(size=len(table)),
        "a text": pd.Series([f"group-{code}" for code in codes], dtype=object),
        "missing": np.where(codes == 0, np.nan, rng.normal(size=len(table))),
        "the ends": np.where(codes == 0, rng.normal(size=len(table)), 20.0 * rng.choice([-1, 1], len(table))),
    }
    return table.assign(told=leaks[how])[["told", *table.columns]]


@pytest.mark.parametrize("how", ["a copy", "noisy", "a text", "missing", "the ends"])
def test_it_tells_of_a_feature_that_gives_the_label_away(how):
    table = given_away(table_of("breast_cancer")[0], how)
    spec = spec_of(table)
    outcome = run(*split(table, spec), spec)
    assert outcome.level is Level.WARN
    [finding] = outcome.details["findings"]
    assert (finding["dataset"], finding["column"], finding["fails"]) == ("training", "told", False)
    assert outcome.measured["one_feature"] == "told"


def test_it_tells_of_a_feature_that_gives_a_value_away():
    table = table_of("diabetes")[0]
    told = 3 * table[OUTPUT] - 7
    table = table.assign(told=told)[["told", *table.columns]]
    spec = spec_of(table, "regression")
    outcome = run(*split(table, spec), spec)
    assert (outcome.level, outcome.measured["one_feature"]) == (Level.WARN, "told")


@pytest.mark.parametrize("name", ["breast_cancer", "wine", "digits", "diabetes", "penguins"])
def test_honest_data_pass(name):
    outcome = run(*parts_of(name))
    assert outcome.level is Level.PASS
    assert outcome.measured["rows_in_training"] == 0
    assert outcome.measured["one_feature_score"] < 0.95


def test_the_sample_is_drawn_the_same_each_time():
    training, evaluation, spec = parts_of("breast_cancer")
    first, second = (run(training, evaluation, spec, one_feature_rows=100) for _ in range(2))
    assert first.details == second.details
    assert first.details["sampled_rows"] == 100


def test_a_label_of_one_row_is_left_out_and_one_label_has_no_scores():
    training, evaluation, spec = parts_of("wine")
    one_of_last = joined(training[training[OUTPUT] < 2], training[training[OUTPUT] == 2].head(1))
    assert run(one_of_last, evaluation, spec).details["sampled_rows"] == len(one_of_last) - 1
    outcome = run(training[training[OUTPUT] == 0], evaluation, spec)
    assert (outcome.level, outcome.measured["one_feature"]) == (Level.PASS, None)


@pytest.mark.parametrize(("needs_origin", "level"), [(True, Level.FAIL), (False, Level.WARN)])
def test_of_an_upload_that_does_not_say_what_it_was_trained_on_nothing_is_known(forests, needs_origin, level):
    evidence = make_evidence(forests)
    evidence.candidate.source = "uploaded"
    outcome = ask(Leakage(needs_origin=needs_origin), evidence)
    assert (outcome.level, outcome.measured) == (level, {})
    evidence.candidate.training_dataset_id = 1
    assert ask(Leakage(), evidence).level is Level.PASS
