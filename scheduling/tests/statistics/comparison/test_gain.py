"""Where no method's error rates would hold, the comparison says why instead of giving a number."""

from dataclasses import replace

import numpy as np
import pytest

from scheduling.statistics.comparison.gain import could_exceed, gain_interval
from scheduling.statistics.comparison.pair import SAME_ANSWER
from scheduling.statistics.metrics.scored import MetricUndefined, Options, Scored
from scheduling.statistics.metrics.table import METRICS
from scheduling.tests.statistics.rows_factory import classified, counted, labelled, paired, regressed

TWO = ("no", "yes")


def why_not(name, champion, candidate, groups=None):
    with pytest.raises(MetricUndefined) as caught:
        gain_interval(METRICS[name], paired(champion, candidate, groups), options=Options(), alpha=0.05)
    return str(caught.value)


def with_few(count, seed):
    """200 rows of two labels, and `count` of them are yes."""
    rows = classified(seed, 200, TWO)
    y = np.where(np.arange(200) < count, 1, 0)
    return replace(rows, y=y)


def test_a_label_without_rows():
    rows = labelled([0, 0, 1, 1], [0, 1, 1, 0])
    assert why_not("accuracy", rows, rows).endswith("c has 0")


@pytest.mark.parametrize(("name", "least"), [("roc_auc", 20), ("average_precision", 20), ("brier", 10)])
def test_a_label_with_too_few_rows_for_the_method(name, least):
    said = why_not(name, with_few(least - 1, 1), with_few(least - 1, 2))
    assert f"{least} rows" in said
    assert said.endswith(f"yes has {least - 1}")
    pair = paired(with_few(least, 1), with_few(least, 2))
    assert gain_interval(METRICS[name], pair, options=Options(), alpha=0.05).spread > 0


def test_with_groups_the_groups_are_counted():
    said = why_not("brier", with_few(40, 1), with_few(40, 2), np.arange(200) // 10)
    assert "5 groups" in said
    assert said.endswith("yes has 4")


def test_too_few_rows_or_groups():
    assert "9 rows" in why_not("rmse", regressed(1, 9), regressed(2, 9))
    said = why_not("f1_macro", classified(1), classified(2), np.arange(200) % 4)
    assert all(part in said for part in ("4 groups", "5"))


@pytest.mark.parametrize("name", ["brier", "log_loss"])
def test_a_champion_that_says_the_same_of_every_row(name):
    rows = classified(1)
    constant = replace(rows, predicted=np.zeros(200, int), probabilities=np.full((200, 3), 1 / 3))
    assert why_not(name, constant, rows) == SAME_ANSWER


def test_a_regression_that_says_the_same_of_every_row():
    rows = regressed(1)
    constant = replace(rows, predicted=np.full(200, 60.0))
    assert why_not("r2", constant, rows) == SAME_ANSWER


def test_one_label_with_varying_probabilities_is_no_constant_champion_to_a_loss():
    rows = classified(1, 200, TWO)
    champion = replace(rows, predicted=np.zeros(200, int))
    pair = paired(champion, classified(2, 200, TWO))
    assert gain_interval(METRICS["brier"], pair, options=Options(), alpha=0.05).spread > 0


@pytest.mark.parametrize("name", ["log_loss", "brier"])
def test_losses_that_differ_nowhere_prove_nothing(name):
    rows = classified(1)
    assert "200 rows" in why_not(name, rows, rows)


def test_ranks_of_three_labels_need_rows_of_each():
    few = [replace(rows, y=np.where(np.arange(200) < 19, 2, rows.y % 2)) for rows in map(classified, (1, 2))]
    assert why_not("roc_auc", *few).endswith("c has 19")


def test_one_label_alone():
    rows = Scored(y=np.zeros(30, int), predicted=np.zeros(30, int), labels=("a",))
    assert "one label" in why_not("accuracy", rows, rows)


def test_targets_that_a_metric_cannot_have():
    rows = replace(regressed(1), y=np.linspace(-1, 1, 200))
    assert "above 0" in why_not("mape", rows, replace(rows, predicted=rows.predicted + 1))


@pytest.mark.parametrize(
    ("fixed", "broken", "can"), [(0, 0, False), (2, 1, False), (0, 4, True), (3, 2, True)]
)
def test_a_candidate_could_be_better_if_the_rows_that_differ_are_enough(fixed, broken, can):
    pair = counted(right=37, fixed=fixed, broken=broken, wrong=4)
    assert could_exceed(METRICS["accuracy"], pair, 0.0, alpha=0.05) is can


def test_it_could_never_at_a_level_that_is_too_small():
    pair = counted(right=37, fixed=4, broken=0, wrong=4)
    assert could_exceed(METRICS["accuracy"], pair, 0.0, alpha=0.05)
    assert not could_exceed(METRICS["accuracy"], pair, 0.0, alpha=0.0005)
    assert not could_exceed(METRICS["accuracy"], pair, 0.05, alpha=0.05)


def test_a_loss_could_always():
    rows = regressed(1)
    assert could_exceed(METRICS["mae"], paired(rows, rows), 0.0, alpha=1e-6)
