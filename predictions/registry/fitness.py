"""Whether a fitted estimator is a model for a signature at all, asked before anything is made of it."""

from __future__ import annotations

from typing import Any

from predictions.contract.signature import SignatureSpec
from predictions.registry import refusals
from predictions.registry.refusals import NotCompilable

NO_LABELS = {
    "clusterer": "finds groups by itself and learns no labels",
    "outlier_detector": "tells the usual from the unusual and learns no labels",
}
WRONG_FOR = {
    ("classification", "regressor"): "predicts numbers, and here a label is asked for",
    ("regression", "classifier"): "predicts labels, and here a number is asked for",
}


def refuse_unfit(estimator: Any, spec: SignatureSpec) -> None:
    """Raise `NotCompilable` unless it is a fitted estimator of the signature's kind, with its labels."""
    refuse_other_kind(estimator, spec)
    refuse_unfitted(estimator)
    refuse_several_outputs(estimator)
    if spec.task == "classification":
        refuse_other_labels(estimator, spec)


def refuse_other_kind(estimator: Any, spec: SignatureSpec) -> None:
    """Raise `NotCompilable` for what answers another question than the signature's, or none."""
    kind = kind_of(estimator)
    does = NO_LABELS.get(kind) or WRONG_FOR.get((spec.task, kind))
    if does:
        raise refusals.other_kind(estimator, does, spec.task)
    if not hasattr(estimator, "predict"):
        raise refusals.no_predictions(estimator, spec.task)


def kind_of(estimator: Any) -> str:
    """What scikit-learn says of it; of a pipeline, what it says of the last step. Empty where it cannot."""
    from sklearn.utils import get_tags

    try:
        return get_tags(estimator).estimator_type or ""
    except (AttributeError, TypeError, ValueError):  # not all that has `predict` is made by its rules
        return ""


def refuse_unfitted(estimator: Any) -> None:
    """Raise `NotCompilable` for an estimator that has learned nothing yet."""
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    try:
        check_is_fitted(estimator)
    except NotFittedError:
        raise refusals.not_fitted(estimator) from None
    except TypeError:  # made by other rules than scikit-learn's: its answers will tell
        return


def refuse_several_outputs(estimator: Any) -> None:
    """Raise `NotCompilable` for one that answers several questions at once."""
    import numpy as np

    classes = getattr(estimator, "classes_", None)
    if isinstance(classes, list) and any(isinstance(one, np.ndarray) for one in classes):
        raise refusals.several_outputs(estimator, len(classes))


def refuse_other_labels(estimator: Any, spec: SignatureSpec) -> None:
    """Raise `NotCompilable` unless it knows the signature's labels, all of them, in that order."""
    import numpy as np

    theirs = np.asarray(getattr(estimator, "classes_", [])).tolist()
    if theirs != list(spec.labels):
        raise refusals.other_labels(estimator, theirs, spec.labels)


def refuse_other_columns(estimator: Any, spec: SignatureSpec) -> None:
    """Raise `NotCompilable` where it was fitted on other columns, which not every estimator minds."""
    ours, theirs = list(spec.names), getattr(estimator, "feature_names_in_", None)
    if theirs is not None:
        names = [str(name) for name in theirs]
        if names != ours:
            lacking, more = [n for n in ours if n not in names], [n for n in names if n not in ours]
            raise refusals.other_columns(lacking=lacking, more=more, ours=ours)
    elif (count := getattr(estimator, "n_features_in_", len(ours))) != len(ours):
        raise refusals.other_number_of_columns(count, ours)


def why_not_answered(estimator: Any, spec: SignatureSpec, error: Exception) -> NotCompilable:
    """Return what to say of an estimator that raised when it was asked the signature's rows."""
    from sklearn.exceptions import NotFittedError

    if isinstance(error, NotFittedError):
        return refusals.not_fitted(estimator)
    try:
        refuse_other_columns(estimator, spec)
    except NotCompilable as told:
        return told
    return refusals.not_answered(estimator, error)
