"""Whether the sets can be trusted: labels, classes, rows that repeat or contradict one another."""

import numpy as np
import pandas as pd
import pytest

from conftest import iris_spec
from predictions.contract.signature import SignatureSpec
from scheduling.evidence.outcomes import Level
from scheduling.tests.checks.data_quality.checked import found, keep_of_last_class, put, run, shown
from scheduling.tests.evidence_factory import read_csv


def test_it_fails_a_label_outside_the_signature_and_shows_where(forests):
    outcome = run(forests, put("species", [4], 7))
    assert outcome.level is Level.FAIL
    assert found(outcome) == [("evaluation", "species", 1)]
    assert shown(outcome) == ["row 4: 7"]


def test_a_row_without_a_label_is_left_out_and_told(forests):
    outcome = run(forests, put("species", [4], np.nan))
    assert outcome.level is Level.WARN
    assert found(outcome) == [("evaluation", "species", 1)]
    assert shown(outcome) == ["row 4"]


def test_it_tells_of_copies(forests):
    outcome = run(forests, lambda frame: frame.iloc[[*[0] * 6, *range(45)]].reset_index(drop=True))
    assert outcome.measured["evaluation"]["duplicate_rows"] == 6
    assert outcome.level is Level.WARN
    assert found(outcome) == [("evaluation", "table", 6)]
    assert shown(outcome) == [f"row {row}" for row in range(1, 6)]


def test_a_few_copies_are_measured_only(forests):
    outcome = run(forests, lambda frame: frame.iloc[[0, 0, *range(45)]].reset_index(drop=True))
    assert (outcome.level, outcome.measured["evaluation"]["duplicate_rows"]) == (Level.PASS, 2)


def test_it_tells_of_rows_that_contradict_each_other(forests):
    def change(frame):
        twins = frame.iloc[:3].assign(species=(frame["species"].iloc[:3] + 1) % 3)
        return pd.concat([frame, twins]).reset_index(drop=True)

    outcome = run(forests, change)
    assert (outcome.level, outcome.measured["evaluation"]["contradicting_rows"]) == (Level.WARN, 6)
    assert found(outcome) == [("evaluation", "table", 6)]
    assert shown(outcome)[:3] == ["row 0", "row 1", "row 2"]


def test_values_of_a_regression_do_not_contradict_each_other(forests):
    spec = iris_spec()
    spec = SignatureSpec(task="regression", output_name="species", labels=(), features=spec.features)
    twins = pd.concat([read_csv("evaluation")] * 2).reset_index(drop=True)
    twins["species"] = np.arange(90) / 7
    outcome = run(forests, frame=twins, training=twins, spec=spec)
    assert (outcome.level, outcome.measured["training"]["contradicting_rows"]) == (Level.PASS, 0)


def test_it_fails_a_class_that_is_nearly_absent(forests):
    outcome = run(forests, lambda frame: keep_of_last_class(frame, rows=1))
    assert outcome.level is Level.FAIL
    assert found(outcome) == [("evaluation", "species", 1)]
    assert all(said in outcome.message for said in ("label 2", "1 of 31", "0.033"))
    assert outcome.measured["evaluation"]["smallest_class_share"] == pytest.approx(1 / 31)


def test_it_fails_a_class_that_is_absent(forests):
    outcome = run(forests, lambda frame: keep_of_last_class(frame, rows=0))
    assert outcome.level is Level.FAIL
    assert found(outcome) == [("evaluation", "species", 0)]
    assert all(said in outcome.message for said in ("label 2", "0 of 30", "0.033"))


def test_the_share_of_an_absent_class_is_measured_as_zero(forests):
    outcome = run(forests, lambda frame: keep_of_last_class(frame, rows=0))
    assert outcome.measured["evaluation"]["smallest_class_share"] == 0.0
