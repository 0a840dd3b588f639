"""Estimators of tests: other processes import them by this name."""

import os
import signal
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin

from scheduling.search.rows import Rows
from scheduling.search.searching import search
from scheduling.statistics.metrics.scored import Options


class Guess(ClassifierMixin, BaseEstimator):
    """Guesses the first label for a share of rows; by its parameters it also dies, fails or is slow."""

    def __init__(self, share=0.5, *, dies="", dies_once="", fails=False, seconds=0.0, memory=0, seen=""):
        self.share, self.dies, self.dies_once, self.fails = share, dies, dies_once, fails
        self.seconds, self.memory, self.seen = seconds, memory, seen

    def fit(self, x, y):
        if self.seen:
            (Path(self.seen) / f"{os.getpid()}-{time.monotonic_ns()}").write_text(str(len(x)))
        time.sleep(self.seconds)
        if self.dies == "always" or (self.dies_once and _is_first(self.dies_once)):
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fails:
            raise ValueError("a cell of data: Anna")
        bytearray(self.memory)
        self.classes_ = np.unique(y)
        return self

    def predict(self, x):
        return self.classes_[(np.arange(len(x)) >= self.share * len(x)).astype(int)]


def _is_first(path):
    try:
        Path(path).open("x").close()
    except FileExistsError:
        return False
    return True


def make_rows(n=300, **columns):
    chance = np.random.default_rng(1)
    features = pd.DataFrame({"a": chance.normal(size=n), "b": chance.normal(size=n)})
    target = pd.Series((features["a"] + 0.3 * chance.normal(size=n) > 0).astype(int))
    return Rows(**{"features": features, "target": target, "labels": (0, 1)} | columns)


def find(estimator, parameters, folder, rows=None, **asked):
    """Search, with defaults for what a test does not mind."""
    defaults = {
        "method": "random", "trials": 20, "seconds": 60, "folds": 3, "seed": 5, "metric": "accuracy",
        "options": Options(), "report": lambda tried: None,
    }  # fmt: skip
    return search(estimator, parameters, rows or make_rows(), folder=folder, **defaults | asked)
