"""Why an estimator cannot be registered: a stable code, and a sentence with what to do about it.

Everybody may read them: they name labels, columns and counts, and quote no library, which may quote rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import isnan
from typing import Any

from predictions.registry.causes import kind_in_words, shown

MODELS = {
    "classification": "a classifier, such as RandomForestClassifier or LogisticRegression",
    "regression": "a regressor, such as RandomForestRegressor or Ridge",
}
OTHER_ESTIMATOR = "use another estimator, such as LogisticRegression, a forest or GradientBoosting"
CONVERTER = "converter to the served form (ONNX)"
UNKNOWN_TYPE = re.compile(
    r"Unable to find a (?:shape calculator|converter) for type '<class '(?:\w+\.)*(\w+)'>'"
)
# What a library says -> what it is about, and what to do.
ABOUT_ROWS = (
    ("contains NaN|missing values", "Some rows lack a value: put a SimpleImputer before it in the Pipeline."),
    (
        "could not convert string|non-numeric|not supported for the input types",
        "Some columns are text, and it takes numbers: encode them in the Pipeline, with OneHotEncoder.",
    ),
    (
        "Found unknown categories",
        "A row has a category that it was not fitted on: use OneHotEncoder(handle_unknown='ignore').",
    ),
)
ABOUT_CONVERTING = (
    (
        "Infrequent categories",
        "It puts rare categories together, which has no such form: omit min_frequency and max_categories.",
    ),
    (
        "Unable to find column name",
        "It picks columns by name where all features are numbers: pick them by their position.",
    ),
    (
        "tokenizer='word'|strip_accents|Custom (?:preprocessor|tokenizer)|cannot remove accents",
        "Its text vectorizer has settings without such a form: leave analyzer, tokenizer, preprocessor and "
        "strip_accents as they are by default.",
    ),
    (
        "split (?:expression|n-grams)",
        "A word that its text vectorizer knows has a space in it: split words there.",
    ),
)


class NotCompilable(Exception):
    """The estimator is no model for the signature, has no ONNX form, or one that answers otherwise."""

    def __init__(self, sentence: str, *, code: str = "not_compilable") -> None:
        self.code = code
        super().__init__(sentence)


def no_rows() -> NotCompilable:
    """Nothing to try it on."""
    return NotCompilable(
        "There is no complete evaluation row to try the model on: each lacks its output or a required "
        "feature. Register an evaluation set with complete rows.",
        code="no_rows",
    )


def no_predictions(estimator: Any, task: str) -> NotCompilable:
    """A scaler, an encoder, a pipeline of such."""
    said = f"This {_name(estimator)} only prepares data and predicts nothing."
    remedy = f"Put it and {MODELS[task]}, into one Pipeline, fit that, and use the Pipeline."
    return NotCompilable(f"{said} {remedy}", code="no_predictions")


def other_kind(estimator: Any, does: str, task: str) -> NotCompilable:
    """It answers another question than the signature's."""
    return NotCompilable(f"This {_name(estimator)} {does}. Use {MODELS[task]}.", code="other_kind")


def not_fitted(estimator: Any) -> NotCompilable:
    """It has learned nothing yet."""
    said = f"This {_name(estimator)}, or a part of it, was never fitted."
    return NotCompilable(f"{said} Call its fit, then save it.", code="not_fitted")


def several_outputs(estimator: Any, count: int) -> NotCompilable:
    """It answers `count` questions at once."""
    said = f"This {_name(estimator)} predicts {count} outputs at once, and the signature has one."
    return NotCompilable(f"{said} Fit a model for this output alone.", code="several_outputs")


def other_labels(estimator: Any, theirs: Sequence[Any], ours: Sequence[Any]) -> NotCompilable:
    """It knows other labels, or has them in another order."""
    said = f"This {_name(estimator)} knows the labels {_labels(theirs)}; the signature has {_labels(ours)}."
    if not theirs:
        said = f"This {_name(estimator)} does not say which labels it knows."
        remedy = f"Use {MODELS['classification']}."
    elif sorted(map(repr, theirs)) == sorted(map(repr, ours)):
        remedy = "Make a signature that has them in the model's order."
    else:
        remedy = "Fit it on rows that have each of the signature's labels, written as there, and no other."
    return NotCompilable(f"{said} {remedy}", code="other_labels")


def other_columns(*, lacking: list[str], more: list[str], ours: Sequence[str]) -> NotCompilable:
    """Fitted on columns of other names, or on the same in another order."""
    parts = [f"it does not know {listed(lacking)}"] if lacking else []
    parts += [f"it needs {listed(more)}"] if more else []
    said = f"It was fitted on other columns than the signature's: {', and '.join(parts)}."
    if not parts:
        said = "It was fitted on the signature's columns in another order."
    return NotCompilable(f"{said} Fit it on these, in this order: {listed(ours)}.", code="other_columns")


def other_number_of_columns(count: int, ours: Sequence[str]) -> NotCompilable:
    """Fitted on an array, whose columns have no names, that had more or fewer."""
    said = f"It was fitted on {count} columns, and the signature has {len(ours)}."
    return NotCompilable(f"{said} Fit it on these, in this order: {listed(ours)}.", code="other_columns")


def no_probabilities(estimator: Any) -> NotCompilable:
    """A classifier that tells labels only."""
    return NotCompilable(
        f"This {_name(estimator)} tells labels without probabilities, and they are needed here. Use one that "
        "has predict_proba: LogisticRegression, a forest, SGDClassifier(loss='log_loss').",
        code="no_probabilities",
    )


def not_answered(estimator: Any, error: Exception) -> NotCompilable:
    """scikit-learn raised on the signature's rows."""
    said = f"This {_name(estimator)} cannot answer the evaluation rows ({kind_in_words(error)})."
    remedy = "Fit it on rows as the training set has them, and try its predict on some of them."
    return NotCompilable(f"{said} {_about(error, ABOUT_ROWS) or remedy}", code="not_answered")


def not_converted(estimator: Any, error: Exception) -> NotCompilable:
    """The converter does not know a part of it, or falls over it."""
    if unknown := UNKNOWN_TYPE.search(_words(error)):
        said = f"The {CONVERTER} does not know {shown(unknown[1])}: {OTHER_ESTIMATOR}."
        return NotCompilable(said, code="no_converter")
    said = f"The {CONVERTER} cannot convert this {_name(estimator)} ({kind_in_words(error)})."
    remedy = f"skl2onnx.to_onnx tells you why. Simplify the model, or {OTHER_ESTIMATOR}."
    return NotCompilable(f"{said} {_about(error, ABOUT_CONVERTING) or remedy}", code="not_converted")


def does_not_run(error: Exception) -> NotCompilable:
    """It was converted, and what came out does not load or falls over a row."""
    said = f"The served form (ONNX) of this model does not run ({kind_in_words(error)})."
    return NotCompilable(f"{said} Simplify the model, or {OTHER_ESTIMATOR}.", code="does_not_run")


def other_answers(parity: dict[str, Any]) -> NotCompilable:
    """It runs, and answers otherwise."""
    if parity["label_differences"]:
        said = f"another label on {parity['label_differences']} of {parity['rows']} evaluation rows"
    elif isnan(parity["max_difference"]):
        said = "something that is no number"
    else:
        said = f"a number differs by {parity['max_difference']:.2g}, and {parity['tolerance']:g} is allowed"
    return NotCompilable(
        f"The served form (ONNX) does not answer as scikit-learn does: {said}. It computes with 32-bit "
        f"numbers: scale the features, or {OTHER_ESTIMATOR}.",
        code="other_answers",
    )


def listed(values: Iterable[Any], most: int = 8) -> str:
    """The first of some values, as text in a sentence."""
    texts = [shown(str(value), 40) for value in values]
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return f"{', '.join(texts[:most])}{more}"


def _labels(labels: Iterable[Any]) -> str:
    """Text in quotes, for "1" is not 1."""
    return listed(f'"{label}"' if isinstance(label, str) else label for label in labels)


def _about(error: Exception, known: tuple[tuple[str, str], ...]) -> str:
    """What to do about an error whose words are known; empty where they are not."""
    return next((told for pattern, told in known if re.search(pattern, _words(error))), "")


def _words(error: Exception) -> str:
    """For us to look at, and for nobody to read."""
    return str(error)[:10_000]


def _name(estimator: Any) -> str:
    return shown(type(estimator).__name__)
