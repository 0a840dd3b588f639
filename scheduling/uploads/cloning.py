"""An estimator's parameters without what it learned: to be fitted again exactly as it is set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from predictions.contract.error_texts import kind_of


class NotClonable(Exception):
    """The estimator cannot be fitted again; the message has the remedy."""

    code = "not_clonable"


PREFIT = [("cv", "prefit"), ("prefit", True)]
REMEDY = "Upload a pipeline that was fitted as a whole, or add a recipe with training code of your own."


def cloned(estimator: Any) -> Any:
    """Return scikit-learn's clone. Raises `NotClonable` for one that would keep what it learned."""
    from sklearn.base import clone

    name = type(estimator).__name__
    for part in _frozen(estimator):
        raise NotClonable(f"{name} cannot be fitted again as a whole: {part} was fitted beforehand. {REMEDY}")
    try:
        return clone(estimator)
    except Exception as error:  # TypeError, RuntimeError, or whatever a constructor of others raises
        raise NotClonable(
            f"{name} cannot be cloned ({kind_of(error)}), because a class in it does not keep scikit-learn's "
            f"rules for parameters. Correct that class, or add a recipe with training code of your own."
        ) from error


def feature_names(estimator: Any) -> list[str]:
    """Return the columns that it was fitted on, in order; empty where it does not know them."""
    return [str(name) for name in getattr(estimator, "feature_names_in_", ())]


def _frozen(estimator: Any) -> Iterator[str]:
    """Yield what in it was fitted beforehand, in words."""
    parameters = estimator.get_params() if hasattr(estimator, "get_params") else {}
    for name, value in ({"": estimator} | parameters).items():
        if type(value).__name__ == "FrozenEstimator":
            yield f"{type(value.estimator).__name__}, in a FrozenEstimator,"
        last = name.rpartition("__")[2]
        if type(value) in (str, bool) and (last, value) in PREFIT:
            yield f"what is set to {last}={value}"
