"""How scikit-learn is asked for many rows: once where once is enough, and with the same bits each time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.registry import refusals
from predictions.registry.fitness import as_fitted, final_step, refuse_unfit, why_not_answered
from predictions.registry.proof import leads
from predictions.registry.refusals import NotCompilable

if TYPE_CHECKING:
    import pandas as pd

# Their `predict` returns the most probable label of `predict_proba`, but for rounding.
BY_SHARES = {
    "DecisionTreeClassifier", "ExtraTreesClassifier", "GradientBoostingClassifier",
    "HistGradientBoostingClassifier", "RandomForestClassifier",
}  # fmt: skip
ROUNDING = 1e-6


def own_answers(estimator: Any, spec: SignatureSpec, frame: pd.DataFrame) -> Answers:
    """Return scikit-learn's answers to the complete rows of `frame`, once it is known to be a model of them.

    Raises `NotCompilable`.
    """
    refuse_unfit(estimator, spec)
    frame = spec.answerable(frame)
    if frame.empty:
        raise NotCompilable("no_rows")
    return answers_of(estimator, spec, frame)


def answers_of(estimator: Any, spec: SignatureSpec, frame: pd.DataFrame) -> Answers:
    """Return scikit-learn's own answers to the feature columns of `frame`. Raises `NotCompilable`."""
    features = as_fitted(estimator, spec).given(frame)
    with_shares = spec.task == "classification" and hasattr(estimator, "predict_proba")
    try:
        # With threads a forest's last bits depend on which tree ends first.
        with with_parameters(estimator, n_jobs=1), one_thread(estimator):
            shares = np.asarray(estimator.predict_proba(features)) if with_shares else None
            outputs = outputs_of(estimator, features, shares)
    except Exception as error:  # an estimator may be anything, and fitted on anything
        refusals.raise_if_out_of_memory(error)
        raise why_not_answered(estimator, spec, error) from error
    if outputs.size != len(frame):
        raise NotCompilable("several_outputs", estimator, count=outputs.size // max(1, len(frame)))
    return Answers(outputs.reshape(-1).tolist(), shares)


def outputs_of(estimator: Any, features: pd.DataFrame, shares: np.ndarray | None) -> np.ndarray:
    """Return what `estimator.predict` returns; `shares` are its probabilities (n, k), or None.

    Ensembles of trees are asked only where two labels are about as probable: it would take as long again.
    """
    if shares is None or not _is_by_shares(estimator):
        return np.asarray(estimator.predict(features))
    outputs = np.asarray(estimator.classes_)[shares.argmax(axis=1)]
    close = leads(shares) <= ROUNDING
    if close.any():
        outputs[close] = estimator.predict(features[close])
    return outputs


def _is_by_shares(estimator: Any) -> bool:
    last = final_step(estimator)
    return type(last).__module__.startswith("sklearn.") and type(last).__name__ in BY_SHARES


@contextmanager
def one_thread(estimator: Any) -> Iterator[None]:
    """Keep OpenMP to one thread: among neighbours at one distance, the number of threads decides.

    Trees gain time by more threads, and answer the same.
    """
    if _is_by_shares(estimator):
        yield
    else:
        with _thread_pools().limit(limits=1, user_api="openmp"):
            yield


@cache
def _thread_pools() -> Any:
    """The libraries that are loaded when scikit-learn is first asked; looking for them takes milliseconds."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@contextmanager
def with_parameters(estimator: Any, **wanted: Any) -> Iterator[None]:
    """Set parameters of the estimator and of its parts for a while, where they are set at all."""
    parameters = estimator.get_params() if hasattr(estimator, "get_params") else {}
    # In this order: whether an ensemble that is not fitted is true, it cannot say.
    before = {name: value for name, value in parameters.items() if name.split("__")[-1] in wanted and value}
    if before:
        estimator.set_params(**{name: wanted[name.split("__")[-1]] for name in before})
    try:
        yield
    finally:
        if before:
            estimator.set_params(**before)
