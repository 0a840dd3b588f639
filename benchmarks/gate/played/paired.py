"""An independent judge of the same candidates: rows drawn anew, and scikit-learn's metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn import metrics
from sklearn.metrics import f1_score, root_mean_squared_error

from benchmarks.gate.played.worlds import World

RESAMPLES, SURE = 400, 0.95
Value = Callable[[np.ndarray, np.ndarray, Any, Sequence[Any]], float]  # truth, labels, shares, all labels


def f1_macro(truth: np.ndarray, said: np.ndarray, _: Any, labels: Sequence[Any]) -> float:
    """0 for a label that was never predicted."""
    return float(f1_score(truth, said, labels=labels, average="macro", zero_division=0))


def log_loss(truth: np.ndarray, _: np.ndarray, shares: Any, labels: Sequence[Any]) -> float:
    """With the sign turned."""
    return -float(metrics.log_loss(truth, shares, labels=labels))


def rmse(truth: np.ndarray, said: np.ndarray, *_: Any) -> float:
    """With the sign turned."""
    return -float(root_mean_squared_error(truth, said))


VALUES: dict[str, Value] = {"f1_macro": f1_macro, "log_loss": log_loss, "rmse": rmse}


class Paired:
    """Promotes a candidate unless SURE of the resamples have it worse than its own champion.

    Rows are drawn by storm, or else by day: those of one day have their weather in common.
    """

    def __init__(self, world: World, metric: str) -> None:
        self.world, self.value, self.champion = world, VALUES[metric], None

    def decide(self, candidate: Any, rows: pd.DataFrame) -> tuple[Any, Any]:
        """Return what was live, and what is now."""
        was = self.champion
        if was is None or self._worse(candidate, was, rows) <= SURE:
            self.champion = candidate
        return was, self.champion

    def _worse(self, candidate: Any, champion: Any, rows: pd.DataFrame) -> float:
        """Return the share of the resamples in which the candidate is worse."""
        truth, said = np.array([]), []
        for version in (candidate, champion):
            truth, answers = answers_of(version, rows)
            assert len(truth) == len(rows)  # else blocks and answers do not belong together
            said.append((np.asarray(answers.outputs), answers.probabilities))
        worse, labels = 0, self.world.labels
        for drawn in self._resamples(rows):
            new, old = (
                self.value(truth[drawn], outputs[drawn], shares if shares is None else shares[drawn], labels)
                for outputs, shares in said
            )
            worse += new < old
        return worse / RESAMPLES

    def _resamples(self, rows: pd.DataFrame) -> Iterator[np.ndarray]:
        blocks = rows["storm"] if "storm" in rows else rows["date"].dt.floor("D")
        members = list(blocks.reset_index(drop=True).groupby(blocks.to_numpy()).indices.values())
        chance = np.random.default_rng(0)
        for _ in range(RESAMPLES):
            yield np.concatenate([members[i] for i in chance.integers(len(members), size=len(members))])


def answers_of(version: Any, frame: pd.DataFrame) -> tuple[np.ndarray, Any]:
    """Return the truth, and what the served version answers, of all rows that its signature accepts."""
    from predictions.registry import loading

    spec = version.signature.spec()
    table = frame[[feature.name for feature in spec.features]].copy()
    table[spec.output_name] = frame[spec.output_name]
    table = spec.answerable(table)
    return table[spec.output_name].to_numpy(), loading.load(version).predict(spec.rows_of(table))
