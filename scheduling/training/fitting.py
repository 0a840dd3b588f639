"""Fitting an estimator on labelled rows; what goes wrong is told in words."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from predictions.contract.error_texts import kind_of
from predictions.contract.signature import SignatureSpec
from predictions.registry.refusals import raise_if_out_of_memory
from scheduling.training.job import to_nobody
from scheduling.training.refusals import TrainingFailed

if TYPE_CHECKING:
    import pandas as pd

MOST_TEXT = 300
WITHOUT_ROWS = {"ConvergenceWarning", "FutureWarning", "DeprecationWarning"}  # their texts quote none


def fit(
    estimator: Any, frame: pd.DataFrame, spec: SignatureSpec, warn: Callable[[str], None] = to_nobody
) -> Any:
    """Fit the estimator on the labelled rows of `frame` and return it; warnings go to `warn`, once each.

    Raises `TrainingFailed` where scikit-learn refuses parameters, in its words, or data, by the kind.
    """
    from sklearn.utils._param_validation import InvalidParameterError

    features, output = labelled(frame, spec)
    try:
        with warnings.catch_warnings(record=True) as raised:
            warnings.simplefilter("default")
            estimator.fit(features, output)
    except InvalidParameterError as error:  # raised before a row is looked at
        raise TrainingFailed(f"scikit-learn does not accept the parameters: {error}") from error
    except Exception as error:  # a pipeline may hold anything
        raise_if_out_of_memory(error)
        raise TrainingFailed(
            f"{type(estimator).__name__} could not be fitted on the training data: {kind_of(error)}. Those "
            "who may read the data find the traceback with the run."
        ) from error
    for text in dict.fromkeys(map(_told, raised)):
        warn(f"While it was fitted: {text}")
    return estimator


def labelled(frame: pd.DataFrame, spec: SignatureSpec) -> tuple[pd.DataFrame, pd.Series]:
    """Return the features and the output of the rows that have one, as a model is fitted with them."""
    rows = frame[frame[spec.output_name].notna()]
    return spec.given(rows), _outputs(rows[spec.output_name], spec)


def _outputs(column: pd.Series, spec: SignatureSpec) -> pd.Series:
    """Return the labels with their own type: beside a missing one, whole numbers were kept as decimals."""
    import pandas as pd

    if spec.task == "regression" or column.dtype.kind != "f":
        return column
    labels = {label: label for label in spec.labels}
    return pd.Series([labels.get(value, value) for value in column], index=column.index, name=column.name)


def _told(warning: warnings.WarningMessage) -> str:
    """Return the text of a warning that cannot quote a row; of any other its kind."""
    kind = warning.category.__name__
    told = " ".join(str(warning.message).split())[:MOST_TEXT]
    return f"{kind}: {told}" if kind in WITHOUT_ROWS else kind
