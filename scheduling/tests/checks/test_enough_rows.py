"""Whether there are enough labelled rows: in all, and of the rarest class."""

import numpy as np
import pytest

from scheduling.checks.enough_rows import EnoughRows
from scheduling.evidence.outcomes import Level
from scheduling.tests.evidence_factory import ask, make_evidence, read_csv
from scheduling.tests.quality_factory import evidence_of, split, table_of

LIMITS = {"min_rows": 30, "min_training_rows": 30, "min_class_rows": 5, "few_class_rows": 10}


def run(forests, check=None, **changes):
    return ask(check or EnoughRows(), make_evidence(forests, **changes))


def with_rows_of_last_class(count):
    frame = read_csv("evaluation")
    return frame.drop(frame[frame["species"] == 2].index[count:])


def test_it_passes_the_fixture_and_says_what_the_rows_cannot_tell(forests):
    outcome = run(forests)
    assert outcome.level is Level.PASS
    assert "1 in 15" in outcome.message
    assert outcome.measured == {
        "rows": 45, "training_rows": 105, "smallest_class_rows": 15, "unseen_share": pytest.approx(3 / 45),
    }  # fmt: skip
    assert outcome.limit == LIMITS


@pytest.mark.parametrize(("limit", "level"), [(45, Level.PASS), (46, Level.FAIL)])
def test_it_fails_too_few_rows(forests, limit, level):
    assert run(forests, EnoughRows(min_rows=limit)).level is level


def test_it_fails_too_few_training_rows(forests):
    outcome = run(forests, training=read_csv("training").head(20))
    assert (outcome.level, outcome.measured["training_rows"]) == (Level.FAIL, 20)
    assert all(said in outcome.message for said in ("training", "20", "30"))


def test_rows_that_cannot_be_asked_do_not_count(forests):
    frame = read_csv("evaluation")
    frame.loc[:19, "petalwidth"] = np.nan
    outcome = run(forests, frame=frame)
    assert (outcome.level, outcome.measured["rows"]) == (Level.FAIL, 25)


@pytest.mark.parametrize(
    ("count", "level"), [(0, "fail"), (4, "fail"), (5, "warn"), (9, "warn"), (10, "pass")]
)
def test_it_counts_the_rarest_class(forests, count, level):
    outcome = run(forests, frame=with_rows_of_last_class(count))
    assert outcome.level == level
    assert outcome.measured["smallest_class_rows"] == count
    assert level == "pass" or f"label 2 has {count} " in outcome.message


def test_a_regression_has_no_classes():
    table, spec = table_of("diabetes")
    outcome = ask(EnoughRows(), evidence_of(*split(table, spec), spec))
    assert (outcome.level, outcome.measured["smallest_class_rows"]) == (Level.PASS, None)


def test_an_empty_set_fails(forests):
    outcome = run(forests, frame=read_csv("evaluation").iloc[:0])
    assert (outcome.level, outcome.measured["unseen_share"]) == (Level.FAIL, 1.0)
