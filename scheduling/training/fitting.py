"""Fitting an estimator on labelled rows; what goes wrong is told in words."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from predictions.contract.error_texts import kind_of
from predictions.contract.signature import SignatureSpec
from scheduling.training.job import to_nobody
from scheduling.training.refusals import TrainingFailed

if TYPE_CHECKING:
    import pandas as pd


def fit(
    estimator: Any, frame: pd.DataFrame, spec: SignatureSpec, warn: Callable[[str], None] = to_nobody
) -> Any:
    """Fit the estimator on the labelled rows of `frame` and return it; warnings go to `warn`, once each.

    Raises `TrainingFailed` where scikit-learn refuses parameters, in its words, or data, by the kind.
    """
    from sklearn.utils._param_validation import InvalidParameterError

    labelled = frame[frame[spec.output_name].notna()]
    features, output = spec.given(labelled), labelled[spec.output_name]
    try:
        with warnings.catch_warnings(record=True) as raised:
            warnings.simplefilter("default")
            estimator.fit(features, output)
    except InvalidParameterError as error:  # raised before a row is looked at
        raise TrainingFailed(f"scikit-learn does not accept the parameters: {error}") from error
    except (TypeError, ValueError) as error:
        why = kind_of(error)
        raise TrainingFailed(
            f"{name_of(estimator)} could not be fitted on the training data: {why}"
        ) from error
    for text in dict.fromkeys(f"{one.category.__name__}" for one in raised):
        warn(text)
    return estimator


def name_of(estimator: Any) -> str:
    """What an estimator is called in a sentence."""
    return type(estimator).__name__
