"""One task: fit these parameters on this fold. It runs in another process, here or on another host.

Neither Django nor its settings are needed there: a dask worker imports this module and nothing above it.
"""

import pickle
import socket
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import parallel_config

from predictions.contract.error_texts import is_ours, kind_of, plain_text, text_of
from scheduling.search.rows import RowsFile
from scheduling.search.tried import FoldScore, Parameters
from scheduling.statistics.metrics.scored import Options, Scored
from scheduling.statistics.metrics.table import METRICS

LONGEST = 1000  # characters of a library's message


@dataclass(frozen=True, kw_only=True)
class FoldTask:
    """All that a task needs; the rows are read by path. `estimator` is what `sealed` returned."""

    rows: RowsFile
    fold: int
    share: float
    estimator: bytes
    parameters: Parameters
    metric: str
    options: Options


def sealed(estimator: Any) -> bytes:
    """Return an unfitted estimator as bytes for tasks of this search alone: they are never stored."""
    return pickle.dumps(estimator)


def fit_fold(task: FoldTask) -> FoldScore:
    """Fit on a fold's training rows and score its others. What goes wrong is said in the answer."""
    began = time.perf_counter()
    try:
        parts = task.rows.read(task.fold, share=task.share)
    except OSError as error:
        where = f"{socket.gethostname()} cannot read {task.rows.path} ({kind_of(error)})"
        return FoldScore(error=where, unreadable=True)
    try:
        score = _score(task, *parts)
    except (Exception, SystemExit) as error:
        error_text, message = _told(error)
        return FoldScore(seconds=time.perf_counter() - began, error=error_text, message=message)
    return FoldScore(score=score, seconds=time.perf_counter() - began)


def _score(task: FoldTask, x: Any, y: np.ndarray, judged_x: Any, judged_y: np.ndarray) -> float:
    from threadpoolctl import threadpool_limits

    # What wakes a process for each tree of a forest costs three times the fit, on a cluster ten times.
    with parallel_config("sequential"), threadpool_limits(1):
        estimator = pickle.loads(task.estimator)  # noqa: S301 - what `sealed` made in this run
        estimator.set_params(**task.parameters).fit(x, y)
        metric = METRICS[task.metric]
        rows = _scored(estimator, judged_x, judged_y, task.rows.labels, shares=metric.needs_probabilities)
        return metric.value(rows, task.options)


def _scored(estimator: Any, x: Any, y: np.ndarray, labels: tuple[Any, ...], *, shares: bool) -> Scored:
    """Ask the fitted estimator. A label that its rows did not have gets probability 0."""
    predicted = np.asarray(estimator.predict(x)).reshape(-1)
    if not labels:
        return Scored(y=y.astype(float), predicted=predicted.astype(float))
    places = {label: place for place, label in enumerate(labels)}
    probabilities = None
    if shares and hasattr(estimator, "predict_proba"):
        probabilities = np.zeros((len(y), len(labels)))
        columns = [places[label] for label in np.asarray(estimator.classes_).tolist()]
        probabilities[:, columns] = np.asarray(estimator.predict_proba(x), dtype=float).clip(0, 1)
    return Scored(
        y=np.asarray([places[label] for label in y.tolist()]),
        predicted=np.asarray([places[label] for label in predicted.tolist()]),
        probabilities=probabilities,
        labels=labels,
    )


def _told(error: BaseException) -> tuple[str, str]:
    """Return what everybody may read of it, and what readers of the data may."""
    from sklearn.utils._param_validation import InvalidParameterError

    if isinstance(error, InvalidParameterError):  # raised before a row is looked at
        return str(error)[:LONGEST], ""
    return plain_text(error), "" if is_ours(error) else text_of(error)[:LONGEST]
