"""Whether a fitted estimator is a model for a signature at all, asked before it is compiled."""

from dataclasses import replace
from typing import Any

from predictions.contract.numbers import counted
from predictions.contract.signature import SignatureSpec
from predictions.registry import refusals
from predictions.registry.refusals import NotCompilable

UNUSUAL, USUAL = -1, 1  # what the outlier detectors of scikit-learn answer
WRONG_FOR = {
    ("classification", "clusterer"): "finds groups by itself and learns no labels",
    ("regression", "clusterer"): "finds groups by itself and learns no labels",
    ("classification", "regressor"): "predicts numbers, but the signature asks for a label",
    ("regression", "classifier"): "predicts labels, but the signature asks for a number",
}
OR_ELSE = {  # whole numbers may be both
    "classifier": ", or register it with task classification if the column {output} has labels",
    "regressor": ", or register it with task regression if the column {output} has amounts",
}


def refuse_unfit(estimator: Any, spec: SignatureSpec) -> None:
    """Raise `NotCompilable` unless it is a fitted estimator of the signature's kind, with its labels."""
    import numpy as np
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    kind, model = kind_of(estimator), refusals.MODELS[spec.task]
    if does := WRONG_FOR.get((spec.task, kind)):
        or_else = OR_ELSE.get(kind, "").format(output=refusals.shown(spec.output_name, 100))
        raise NotCompilable("other_kind", estimator, does=does, model=model, or_else=or_else)
    if not hasattr(estimator, "predict"):
        code = "no_novelty" if kind == "outlier_detector" else "no_predictions"
        raise NotCompilable(code, estimator, model=model)
    if kind == "outlier_detector" and spec.labels != (UNUSUAL, USUAL):
        raise NotCompilable("outlier_labels", estimator)
    try:
        check_is_fitted(estimator)
    except NotFittedError:
        raise NotCompilable("not_fitted", estimator) from None
    except TypeError:  # it does not follow scikit-learn's rules: its answers will tell
        pass
    classes = [UNUSUAL, USUAL] if kind == "outlier_detector" else getattr(estimator, "classes_", [])
    if isinstance(classes, list) and any(isinstance(one, np.ndarray) for one in classes):
        raise NotCompilable("several_outputs", estimator, count=len(classes))
    if is_multilabel(estimator):
        raise NotCompilable("multilabel", estimator, count=len(classes))
    if is_lightgbm(estimator) and (difference := difference_of_columns(estimator, list(spec.names))):
        ours = refusals.listed(spec.names)
        raise NotCompilable("other_columns", estimator, difference=difference, ours=ours)
    if spec.task == "classification":
        refuse_other_labels(estimator, np.asarray(classes).tolist(), list(spec.labels))


def is_multilabel(estimator: Any) -> bool:
    """Whether it was fitted on a matrix that says for each row which labels it has: any number of them."""
    last = final_step(estimator)
    binarizer = getattr(last, "label_binarizer_", getattr(last, "_label_binarizer", None))
    return str(getattr(binarizer, "y_type_", "")).startswith("multilabel")


def final_step(estimator: Any) -> Any:
    """Return the last step of a Pipeline; another estimator as it is."""
    from sklearn.pipeline import Pipeline

    return estimator[-1] if type(estimator) is Pipeline else estimator


def kind_of(estimator: Any) -> str:
    """What scikit-learn calls it; for a pipeline, its last step. Empty where scikit-learn cannot tell."""
    from sklearn.utils import get_tags

    try:
        return get_tags(estimator).estimator_type or ""
    except (AttributeError, TypeError, ValueError):  # not all that has `predict` follows its rules
        return ""


def refuse_other_labels(estimator: Any, theirs: list[Any], ours: list[Any]) -> None:
    """Raise `NotCompilable` unless it has the signature's labels, all of them, in that order."""
    if theirs == ours:
        return
    if not theirs:
        remedy = f"Use {refusals.MODELS['classification']}."
    elif sorted(map(repr, theirs)) == sorted(map(repr, ours)):
        remedy = "Make a signature that has them in the model's order."
    else:
        remedy = "Fit it on rows with exactly the signature's labels, written in the same way."
    labels = {"theirs": _labels(theirs) or "(none)", "ours": _labels(ours)}
    raise NotCompilable("other_labels", estimator, remedy=remedy, **labels)


def _labels(labels: list[Any]) -> str:
    return refusals.listed(f'"{label}"' if isinstance(label, str) else label for label in labels)


def why_not_answered(estimator: Any, spec: SignatureSpec, error: Exception) -> NotCompilable:
    """Return the refusal of an estimator that raised when it was asked the signature's rows."""
    from sklearn.exceptions import NotFittedError

    if isinstance(error, NotFittedError):
        return NotCompilable("not_fitted", estimator)
    if difference := difference_of_columns(estimator, list(spec.names)):
        return NotCompilable(
            "other_columns", estimator, difference=difference, ours=refusals.listed(spec.names)
        )
    remedy = refusals.remedy_for(error, refusals.ABOUT_ROWS)
    return NotCompilable("not_answered", estimator, kind=refusals.kind_in_words(error), remedy=remedy)


def difference_of_columns(estimator: Any, ours: list[str]) -> str:
    """How the columns that it was fitted on differ from the signature's; empty if they do not."""
    theirs = fitted_names(estimator, ours)
    if not theirs:
        count = getattr(estimator, "n_features_in_", len(ours))
        return (
            f"it was fitted on {counted(count, 'column')}, but there are {len(ours)}"
            if count != len(ours)
            else ""
        )
    lacking, more = [n for n in ours if n not in theirs], [n for n in theirs if n not in ours]
    parts = [f"it does not know {refusals.listed(lacking)}"] if lacking else []
    parts += [f"it needs {refusals.listed(more)}"] if more else []
    return ", and ".join(parts)


def as_fitted(estimator: Any, spec: SignatureSpec) -> SignatureSpec:
    """Return the signature with its features in the order of the model; itself where the names differ."""
    return in_order(spec, fitted_names(estimator, list(spec.names)))


def fitted_names(estimator: Any, ours: list[str]) -> list[str]:
    """Return the names of the columns that it was fitted on; none if it was fitted on a plain matrix."""
    theirs = [str(name) for name in getattr(estimator, "feature_names_in_", ())]
    if not is_lightgbm(estimator):
        return theirs
    if theirs == [f"Column_{place}" for place in range(len(theirs))]:
        return []
    written = {name.replace(" ", "_"): name for name in ours}  # LightGBM writes a blank so
    return [written.get(name, name) for name in theirs]


def is_lightgbm(estimator: Any) -> bool:
    """Whether it is a model of LightGBM, which takes columns by their order, whatever their names."""
    return type(estimator).__module__.partition(".")[0] == "lightgbm"


def in_order(spec: SignatureSpec, names: list[str]) -> SignatureSpec:
    """Return the signature with its features in this order; itself where the names differ."""
    if names == list(spec.names) or sorted(names) != sorted(spec.names):
        return spec
    features = {feature.name: feature for feature in spec.features}
    return replace(spec, features=tuple(features[name] for name in names))
