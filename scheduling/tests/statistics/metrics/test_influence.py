"""The influence of each row is the metric's derivative by that row's weight."""

from dataclasses import replace

import numpy as np
import pytest

from scheduling.statistics.metrics.influence import confusion
from scheduling.statistics.metrics.scored import Options
from scheduling.statistics.metrics.table import METRICS, Family
from scheduling.tests.statistics.rows_factory import classified, regressed

OPTIONS = Options(quantile=0.8)
COPIES = 2000  # a row's weight is moved by repeating all rows so often, and one of them once more


def rows_for(metric, seed=7, n=40):
    if metric.task == "regression":
        return regressed(seed, n)
    return classified(seed, n, labels=("no", "yes") if metric.family is Family.RANK else ("a", "b", "c"))


def influence_of(metric, rows):
    """Each row's part less their mean, (n,)."""
    if metric.family is not Family.LABELS:
        parts = metric.parts(rows, OPTIONS)
    else:
        k = len(rows.labels)
        parts = metric.parts(confusion(rows.y, rows.predicted, k) / len(rows.y))[rows.y, rows.predicted]
    return parts - parts.mean()


def with_one_more(rows, i):
    """Every row `COPIES` times, and row i once more."""
    chosen = np.append(np.tile(np.arange(len(rows.y)), COPIES), i)
    probabilities = None if rows.probabilities is None else rows.probabilities[chosen]
    return replace(rows, y=rows.y[chosen], predicted=rows.predicted[chosen], probabilities=probabilities)


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_it_is_how_the_metric_moves_with_a_rows_weight(metric):
    rows = rows_for(metric)
    value, influence = metric.value(rows, OPTIONS), influence_of(metric, rows)
    scale = np.abs(influence).max()
    for i in range(6):
        more = with_one_more(rows, i)
        moved = (metric.value(more, OPTIONS) - value) * len(more.y)
        assert moved == pytest.approx(influence[i], abs=0.002 * scale + 1e-9)


@pytest.mark.parametrize("name", ["roc_auc", "average_precision"])
def test_of_ranks_of_three_labels_too(name):
    rows, metric = classified(7, 60), METRICS[name]
    value, influence = metric.value(rows, OPTIONS), influence_of(metric, rows)
    for i in range(6):
        more = with_one_more(rows, i)
        moved = (metric.value(more, OPTIONS) - value) * len(more.y)
        assert moved == pytest.approx(influence[i], abs=0.002 * np.abs(influence).max())


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_the_same_rows_give_the_same_bits(metric):
    values = [metric.value(rows_for(metric), OPTIONS) for _ in range(2)]
    influences = [influence_of(metric, rows_for(metric)) for _ in range(2)]
    assert values[0] == values[1]
    assert influences[0].tobytes() == influences[1].tobytes()


@pytest.mark.parametrize("name", ["roc_auc", "average_precision"])
def test_many_rows_are_counted_by_leading_bits_with_nearly_the_same_value(name, monkeypatch):
    rows, metric = classified(8, 20_000, labels=("no", "yes")), METRICS[name]
    exact = metric.parts(rows, OPTIONS)
    monkeypatch.setattr("scheduling.statistics.metrics.ranks.MANY", 1)
    binned = metric.parts(rows, OPTIONS)
    assert binned.mean() == pytest.approx(exact.mean(), abs=5e-5)
    assert binned.std() == pytest.approx(exact.std(), rel=1e-3)
