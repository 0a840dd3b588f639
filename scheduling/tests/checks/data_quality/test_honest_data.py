"""The defaults let honest data by, whatever the number of labels, features and rows."""

import numpy as np
import pandas as pd
import pytest

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from scheduling.checks.data_quality import DataQuality
from scheduling.checks.enough_rows import EnoughRows
from scheduling.checks.leakage import Leakage
from scheduling.evidence.outcomes import Level
from scheduling.statistics.metrics.scored import Options, Scored
from scheduling.statistics.metrics.table import METRICS
from scheduling.tests.evidence_factory import ask
from scheduling.tests.quality_factory import OUTPUT, evidence_of

BALANCED, MILD = 1, 3  # how often the most frequent label comes for each time of the rarest
CHECKS = (DataQuality(), EnoughRows(), Leakage())
MANY = 100  # features: more take a while, one tree each


def labels(count, rows, ratio):
    """As many rows of each label as its weight says."""
    weights = np.linspace(1, ratio, count)
    return np.repeat(np.arange(count), np.maximum(1, np.round(rows * weights / weights.sum()).astype(int)))


def make_set(y, features, chance):
    numbers = chance.normal(size=(len(y), features)) + y[:, None]
    return pd.DataFrame(numbers, columns=[f"x{i}" for i in range(features)]).assign(**{OUTPUT: y})


def spec_of(count, features):
    return SignatureSpec(
        task="classification",
        output_name=OUTPUT,
        labels=tuple(range(count)),
        features=tuple(FeatureSpec(name=f"x{i}", kind=Kind.FLOAT) for i in range(features)),
    )


def failing(evidence):
    outcomes = [ask(check, evidence) for check in CHECKS]
    return [outcome.message for outcome in outcomes if not outcome.level.lets_by]


@pytest.mark.parametrize("ratio", [BALANCED, MILD], ids=["balanced", "mildly imbalanced"])
@pytest.mark.parametrize(
    ("count", "features", "rows"),
    [(2, 2, 45), (2, MANY, 45), (3, 2, 45), (3, 10, 520), (26, 2, 520), (26, 10, 2000), (26, MANY, 520),
     (100, 2, 2000), (100, 2, 10_000)],
)  # fmt: skip
def test_labels_that_are_about_as_frequent_pass_however_many_they_are(count, features, rows, ratio):
    chance = np.random.default_rng(0)
    training, evaluation = (
        make_set(labels(count, n, ratio), features, chance) for n in (rows * 7 // 3, rows)
    )
    assert failing(evidence_of(training, evaluation, spec_of(count, features))) == []


@pytest.mark.parametrize("count", [2, 3, 26, 100])
def test_a_label_that_is_nearly_absent_fails_however_many_there_are(count):
    y = labels(count, 200 * count, BALANCED)
    few = np.delete(y, np.flatnonzero(y == 0)[8:])
    chance = np.random.default_rng(0)
    evidence = evidence_of(make_set(y, 2, chance), make_set(few, 2, chance), spec_of(count, 2))
    [message] = failing(evidence)
    for said in ("label 0", f"8 of {len(few)}", f"{0.1 / count:.2g}"):
        assert said in message


def test_a_label_that_is_rare_in_both_sets_is_told_and_passes():
    y = labels(2, 4000, BALANCED)
    rare = np.delete(y, np.flatnonzero(y == 0)[20:])
    chance = np.random.default_rng(0)
    evidence = evidence_of(make_set(rare, 2, chance), make_set(rare, 2, chance), spec_of(2, 2))
    assert failing(evidence) == []
    assert f"20 of {len(rare)}" in DataQuality().run(evidence).message


@pytest.mark.parametrize(("features", "level"), [(2, Level.FAIL), (500, Level.WARN)])
def test_one_of_hundreds_of_rare_features_may_never_come(features, level):
    """Chance keeps one from coming with a probability of 0.0002: of 500 such, in every tenth set."""
    rows = 520
    both = [make_set(labels(2, n, BALANCED), features, np.random.default_rng(n)) for n in (rows * 10, rows)]
    both[0]["x0"] = (np.arange(rows * 10) < 85).astype(float)
    both[1]["x0"] = 0.0
    assert 0.0001 < (1 - 85 / (rows * 10)) ** rows < 0.0002
    assert ask(DataQuality(), evidence_of(*both, spec_of(2, features))).level is level


@pytest.mark.parametrize("count", [2, 3, 26, 100])
def test_the_log_loss_of_a_perfect_model_is_near_nothing_however_many_labels_there_are(count):
    y = np.arange(count)
    rows = Scored(y=y, predicted=y, probabilities=np.eye(count), labels=tuple(range(count)))
    value = METRICS["log_loss"].value(rows, Options())
    assert 0 < value < 0.02
