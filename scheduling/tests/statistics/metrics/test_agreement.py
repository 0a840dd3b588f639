"""What intervals and slices take for a metric is scikit-learn's value of it, in thousands of random cases:

with ties and none, labels that nobody has or predicts, certain and impossible probabilities, perfect and
useless models, tiny and huge values. Where there is no value, both say so, in the same words.
"""

import numpy as np
import pytest

from scheduling.statistics.metrics.influence import confusion
from scheduling.statistics.metrics.scored import MetricUndefined, Options, Scored
from scheduling.statistics.metrics.table import METRICS, REGRESSION, Family

CASES = 300  # of each metric
ERRORS = ("rmse", "mae", "mape", "pinball")  # in the units of the output: near 0 as exact as elsewhere


def classified(chance):
    n, k = int(chance.integers(2, 150)), int(chance.integers(2, 6))
    y = chance.integers(0, k - int(chance.random() < 0.2), n)  # the last label may be nobody's
    p = chance.dirichlet(np.full(k, chance.choice([0.01, 1, 30])), n)
    p = (1 - (right := chance.choice([0, 0.3, 1]))) * p + right * np.eye(k)[y]
    p = p.round(int(chance.choice([0, 1, 7, 17])))
    labels = tuple(range(k))
    return Scored(
        y=y, predicted=p.argmax(1), probabilities=p / p.sum(1, keepdims=True).clip(1), labels=labels
    )


def regressed(chance):
    n, scale = int(chance.integers(2, 150)), 10.0 ** chance.integers(-9, 10)
    y = chance.lognormal(0, chance.choice([0, 0.5, 3]), n) - chance.choice([0, 0, 0, 1])
    predicted = y + chance.choice([0, 1e-6, 1, 100]) * chance.standard_cauchy(n)
    return Scored(y=scale * y, predicted=scale * predicted)


def options(chance):
    return Options(
        log_loss_floor=float(chance.choice([1e-9, 0.01, 0.4])),
        quantile=float(chance.uniform(0.01, 0.99)),
        positive=int(chance.integers(-1, 2)),
    )


def mean_of_parts(metric, rows, told):
    if metric.family is not Family.LABELS:
        return metric.parts(rows, told).mean()
    shares = confusion(rows.y, rows.predicted, len(rows.labels)) / len(rows.y)
    return (shares * metric.parts(shares)).sum()


@pytest.mark.parametrize("name", [*METRICS])
def test_the_mean_of_the_parts_is_scikit_learns_value(name):
    metric, chance, compared = METRICS[name], np.random.default_rng(19), 0
    for _ in range(CASES):
        rows = regressed(chance) if metric.task == REGRESSION else classified(chance)
        told = options(chance)
        try:
            value = metric.value(rows, told)
        except MetricUndefined as error:
            if metric.family is not Family.LABELS:
                with pytest.raises(MetricUndefined, match=str(error)):
                    metric.parts(rows, told)
            continue
        compared += 1
        least = 0.0 if name in ERRORS else 1e-12
        assert mean_of_parts(metric, rows, told) == pytest.approx(value, rel=1e-12, abs=least), rows
    assert compared > CASES / 2
