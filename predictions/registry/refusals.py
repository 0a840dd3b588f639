"""Why an estimator cannot be registered: a stable code, and a sentence with what to do about it.

Everybody may read the sentences: they name labels, columns and counts. They do not quote libraries, whose
words may hold a cell of the data, or what a model learned of one.
"""

import re
from collections.abc import Iterable
from math import isnan
from typing import Any

from predictions.contract.error_texts import OUT_OF_MEMORY, text_of

MODELS = {
    "classification": "a classifier, such as RandomForestClassifier or LogisticRegression",
    "regression": "a regressor, such as RandomForestRegressor or Ridge",
}
OTHER = "use another estimator, such as LogisticRegression, a forest or GradientBoosting"
SENTENCES = {
    "no_rows": "No evaluation row is complete: each lacks the output or a required feature, so the model "
    "cannot be tried. Register an evaluation set with complete rows.",
    "no_predictions": "{name} only prepares data and does not predict. Put it and {model} into one Pipeline, "
    "fit the Pipeline, and use that.",
    "other_kind": "{name} {does}. Use {model}{or_else}.",
    "no_novelty": "{name} only says which of the rows it was fitted on are unusual. Fit it with "
    "novelty=True, so that it can be asked for others.",
    "outlier_labels": "{name} answers -1 for an unusual row and 1 for a usual one, and learns no labels. To "
    "judge it, register a model whose label column has -1 and 1.",
    "not_fitted": "{name}, or a part of it, is not fitted. Call its fit method, then save it.",
    "several_outputs": "{name} predicts {count} outputs for each row, and a model that is served has one. "
    "Fit one model for each output, and register each by itself.",
    "multilabel": "{name} is a multilabel classifier: it gives each row any number of its {count} labels, "
    "and a model that is served gives one. Fit one classifier for each label, and register each by itself.",
    "other_labels": "{name} has the labels {theirs}, but the signature has {ours}. {remedy}",
    "other_columns": "{name} was not fitted on the columns that a request has (the signature): "
    "{difference}. Fit it on these, in this order: {ours}.",
    "not_answered": "{name} cannot answer the evaluation rows ({kind}). {remedy}",
    "refuses_rows": "{name} refuses rows that the signature lets in: those {which}. {remedy}",
    "other_categories": "The {which} rows hold {count} of “{feature}” that the model was not fitted "
    "on, and its encoder raises for them. Use OneHotEncoder(handle_unknown='ignore'), or fit it on rows with "
    "all of them.",
    "other_types": "{name} was fitted on {theirs} in “{feature}”, which the signature has as {ours}: it "
    'would know none of them. Register the column as it was fitted, with kinds {{"{feature}": "{kind}"}}.',
    "own_categories": "{name} was fitted on {theirs} as categories of “{feature}”, which the signature has "
    "as {ours}: it takes texts of the pandas type category alone. Make it so before the fit, and send the "
    'data as Parquet, which keeps it: frame["{feature}"].astype("category").cat.rename_categories(str).',
    "no_category_known": "{name} knows none of the categories that the signature has for “{feature}”: "
    "{ours}. It was fitted on what is no text, such as booleans, which it reads otherwise. Make them texts "
    'before the fit: frame["{feature}"].astype(str).',
    "onnx_structure": "This ONNX file cannot be served: {problem}.",
    "onnx_inputs": "This ONNX model takes {theirs}, but the signature has {ours}. Export it with one matrix "
    "of all features, (rows, features), or with an input (rows, 1) for each feature, named as the features.",
    "onnx_outputs": "This ONNX model answers {theirs}, but the signature asks for {ours}. Leave out other "
    "outputs, and export a scikit-learn model with zipmap=False.",
    "onnx_rows": "This ONNX model gives {theirs} to {rows}. Export it with a variable number "
    "of rows as the first dimension.",
    "onnx_together": "This ONNX model answers a row differently alone and together with other rows. Export "
    "it for inference (without batch statistics), so that each row is answered by itself.",
    "onnx_labels": "This ONNX model answers {theirs}, but the signature has the labels {ours}. Export it "
    "with these labels, or with the probabilities alone, in their order.",
    "onnx_shares": "The probabilities of this ONNX model have the shape {theirs}, but {ours} is needed. "
    "Export one column for each label.",
    "onnx_no_shares": "What should be probabilities of this ONNX model lies between {low} and {high} and "
    "does not sum to 1. Put a Softmax behind it.",
    "onnx_order": "The probabilities of this ONNX model are not in the order of the signature's labels. "
    "Export the columns in this order: {ours}.",
    "onnx_not_finite": "This ONNX model answers what is not a number to rows that the signature lets in. "
    "Fill gaps within the model, or make the features required.",
    "onnx_does_not_run": "This ONNX model does not answer rows that the signature lets in ({kind}). Try it "
    "on such rows with onnxruntime.",
    "no_converter": "The converter to the served form (ONNX) does not know {part}: {other}.",
    "neighbours": "{name} has no served form (ONNX), which would take other rows of those that are equally "
    "far: {other}.",
    "filled_by_neighbours": "{name} has no served form (ONNX), which would fill gaps from other rows of "
    "those that are equally far, as no column without gaps tells the rows apart: use SimpleImputer.",
    "not_converted": "{name} cannot be converted to the served form (ONNX) ({kind}). {remedy}",
    "not_kept": "{name} has no ONNX form, and skops cannot write it for the model host. "
    "Use classes of installed packages, and none that a notebook or script defines.",
    "not_opened": "This model has no ONNX form, and the model host would not load it: {why}",
    "does_not_run": "The served form (ONNX) of this model does not run ({kind}). Simplify the model, or "
    "{other}.",
    "not_repeatable": "{name} answers the same rows differently when it is asked again. Use an estimator "
    "that does not answer by chance.",
    "other_answers": "The served form (ONNX) answers differently from scikit-learn: {difference}. "
    "Scale the features, or {other}.",
}
UNKNOWN_TYPE = re.compile(
    r"Unable to find a (?:shape calculator|converter) for type '<class '(?:\w+\.)*(\w+)'>'"
)
# What a library says -> what to do.
ABOUT_ROWS = {
    "contains NaN|missing values": "Some rows lack a value. Put a SimpleImputer before it in the Pipeline.",
    "could not convert string|non-numeric|not supported for the input types": "Some columns are text, but it "
    "takes numbers only. Encode them in the Pipeline with OneHotEncoder.",
    "categorical_feature do not match|int, float, bool or category|either numeric or categorical": "It was "
    "fitted on columns of the pandas type category. Make their categories texts, and send the data as "
    "Parquet, which keeps that type.",
    "Found unknown categories": "A row has a category that it was not fitted on. Use "
    "OneHotEncoder(handle_unknown='ignore').",
    "": "Fit it on rows like those of the training set, and try its predict method on some of them.",
}
ABOUT_CONVERTING = {
    "Infrequent categories": "It puts rare categories together, which ONNX cannot do. Omit min_frequency and "
    "max_categories.",
    "Unable to find column name": "It picks columns by name, but all features are numbers. Pick the columns "
    "by their position.",
    "tokenizer='word'|strip_accents|Custom (?:preprocessor|tokenizer)|cannot remove accents": "Its text "
    "vectorizer has settings that ONNX does not have. Leave analyzer, tokenizer, preprocessor and "
    "strip_accents at their defaults.",
    "trees that are not symmetric": "Fit it with grow_policy='SymmetricTree', the default.",
    "combinations of categories": "It combines categories that are too many together. Fit it with "
    "max_ctr_complexity=1.",
    "split (?:expression|n-grams)": "A word that its text vectorizer knows contains a space. Split words at "
    "spaces.",
    "": f"Call skl2onnx.to_onnx yourself to see the reason. Simplify the model, or {OTHER}.",
}


class NotCompilable(Exception):
    """The estimator is not a model for the signature, cannot become ONNX, or answers differently as ONNX."""

    def __init__(self, code: str, estimator: Any = None, **facts: Any) -> None:
        self.code = code
        name = f"This {shown(type(estimator).__name__)}"
        super().__init__(SENTENCES[code].format(name=name, other=OTHER, **facts))


def not_converted(estimator: Any, error: Exception) -> NotCompilable:
    """The converter does not know a part of the estimator, or raised."""
    if unknown := UNKNOWN_TYPE.search(_words(error)):
        return NotCompilable("no_converter", part=shown(unknown[1]))
    remedy = remedy_for(error, ABOUT_CONVERTING)
    return NotCompilable("not_converted", estimator, kind=kind_in_words(error), remedy=remedy)


def other_answers(parity: dict[str, Any], *, rows: str = "evaluation rows") -> NotCompilable:
    """The served form runs, but answers differently."""
    if parity["label_differences"]:
        difference = f"{parity['label_differences']} of {parity['rows']} {rows} get another label"
    elif isnan(parity["max_difference"]):
        difference = "an answer is not a number"
    else:
        most = f"{parity['tolerance']:g} is allowed"
        difference = f"a number differs by {parity['max_difference']:.2g}, but only {most}"
    return NotCompilable("other_answers", difference=difference)


def remedy_for(error: Exception, known: dict[str, str]) -> str:
    """What to do about an error, by the words in it."""
    return next(remedy for words, remedy in known.items() if re.search(words, _words(error)))


def _words(error: Exception) -> str:
    """What a library said: to look at, never to show."""
    return str(error)[:10_000]


def raise_if_out_of_memory(error: BaseException) -> None:
    """Raise `MemoryError` if memory was the cause, also where a library says so in its own way."""
    if isinstance(error, MemoryError) or OUT_OF_MEMORY.search(text_of(error)[:10_000]):
        raise MemoryError from error


def kind_in_words(error: BaseException) -> str:
    """Return an error's name: `KeyError` is "key error"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()


def shown(text: str, most: int = 300) -> str:
    """Return the beginning of a text from anywhere, as one line that can be printed."""
    line = " ".join(text[: 4 * most].split())
    line = "".join(char if char.isprintable() else "�" for char in line)
    return line if len(line) <= most else f"{line[: most - 1]}…"


def listed(values: Iterable[Any], most: int = 8) -> str:
    """The first of some values, as text in a sentence."""
    texts = [shown(str(value), 40) for value in values]
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return f"{', '.join(texts[:most])}{more}"
