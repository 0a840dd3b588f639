"""What judging costs beside the two `predict` calls it judges: a million rows, every metric.

The measure of the gate's part is `gain_interval` on arrays. Beside it: predict_proba (or predict) of
two scikit-learn models on the same million rows, from the cheapest kind up.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression

from scheduling.statistics.comparison.gain import gain_interval
from scheduling.statistics.comparison.pair import Pair
from scheduling.statistics.metrics.scored import Options, Scored
from scheduling.statistics.metrics.table import METRICS, Metric

TRAINED_ON = 20_000
REPEATS = 3


def data(rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ten features, two labels, values above 0."""
    chance = np.random.default_rng(0)
    x = chance.normal(size=(rows, 10))
    score = x @ chance.normal(size=10) + chance.normal(size=rows)
    return x, (score > 0).astype(int), score - score.min() + 1


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """The best of a few, and what came of it."""
    best, result = np.inf, None
    for _ in range(REPEATS):
        started = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - started)
    return float(best), result


def pair_of(models: list[Any], x: np.ndarray, y: np.ndarray, classification: bool) -> tuple[float, Pair]:
    """Fit both on other rows, and let them predict: the seconds of the two calls, and the pair."""
    for i, model in enumerate(models):
        model.fit(x[i * TRAINED_ON : (i + 1) * TRAINED_ON], y[i * TRAINED_ON : (i + 1) * TRAINED_ON])
    call = "predict_proba" if classification else "predict"
    spent, said = seconds(lambda: [getattr(model, call)(x) for model in models])
    rows = [scored(y, answers, classification) for answers in said]
    return spent, Pair(champion=rows[0], candidate=rows[1])


def scored(y: np.ndarray, answers: np.ndarray, classification: bool) -> Scored:
    """Probabilities, or values, beside the truth."""
    if not classification:
        return Scored(y=y, predicted=answers)
    return Scored(y=y, predicted=answers.argmax(1), probabilities=answers, labels=("no", "yes"))


def report(metrics: list[Metric], pairs: dict[str, tuple[float, Pair]]) -> None:
    """One row for each metric: milliseconds, and the factor over the predict calls of each kind."""
    for metric in metrics:
        cells = []
        for kind, (spent, pair) in pairs.items():
            judge = partial(gain_interval, metric, pair, options=Options(), alpha=0.02)
            judged, _ = seconds(judge)
            factor = (spent + judged) / spent
            cells.append(
                f"{kind}: predict {1000 * spent:.0f} ms, judged {1000 * judged:.0f} ms, × {factor:.2f}"
            )
        print(f"| {metric.name} | {' | '.join(cells)} |", flush=True)


def main() -> None:
    """Print both tables; the first argument is the number of rows."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    x, labels, values = data(rows)
    classifiers = {
        "logistic": [LogisticRegression(C=c) for c in (1, 0.01)],
        "forest of 12": [RandomForestClassifier(12, random_state=seed) for seed in (1, 2)],
    }
    regressors = {
        "linear": [LinearRegression(), LinearRegression(fit_intercept=False)],
        "forest of 12": [RandomForestRegressor(12, random_state=seed) for seed in (1, 2)],
    }
    for task, kinds, y in (("classification", classifiers, labels), ("regression", regressors, values)):
        pairs = {kind: pair_of(models, x, y, task == "classification") for kind, models in kinds.items()}
        report([metric for metric in METRICS.values() if metric.task == task], pairs)


if __name__ == "__main__":
    main()
