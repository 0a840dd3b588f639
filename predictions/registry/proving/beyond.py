"""scikit-learn's answers beyond the evaluation rows: it must answer all that the signature lets in."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.answers import Answers
from predictions.contract.numbers import counted
from predictions.contract.signature import SignatureSpec
from predictions.registry.proving.change import Change, rows_of
from predictions.registry.proving.injected import changes
from predictions.registry.proving.steady import is_steady
from predictions.registry.refusals import NotCompilable, shown
from predictions.registry.sklearn_answers import answers_of

if TYPE_CHECKING:
    import pandas as pd

WHICH = {
    "gap": "without a value of “{feature}”",
    "text": "with an unusual text in “{feature}”",
    "number": "with {value:.6g} in “{feature}”",
    "border": "with {value:.6g} in “{feature}”",
}
REMEDIES = {
    "gap": "Put a SimpleImputer before it in the Pipeline, or make the feature required.",
    "text": "Use OneHotEncoder(handle_unknown='ignore'), or register it as a category: "
    'kinds {{"{feature}": "category"}}.',
    "number": 'Register it with bounds, such as bounds {{"{feature}": [0, null]}}, or fit the model on such '
    "rows.",
    "encoder": "Its encoder knows only the numbers that it was fitted on: use "
    "OneHotEncoder(handle_unknown='ignore').",
    "border": "Fit the model on such rows.",
}


@dataclass(frozen=True)
class Beyond:
    """Rows that were made up, and scikit-learn's answers to them, all finite."""

    rows: pd.DataFrame
    expected: Answers


def beyond(estimator: Any, spec: SignatureSpec, frame: pd.DataFrame) -> Beyond:
    """Ask scikit-learn rows that the signature lets in. Raises `NotCompilable` if it refuses one.

    Those of kind "farther" it may refuse: they are left out, as are answers that are no number, or rounding.
    """
    tried = changes(estimator, spec, frame)
    rows = rows_of(tried, spec, frame)
    if rows.empty:
        return Beyond(rows, Answers([]))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        taken, expected = _asked(estimator, spec, rows, tried)
        told = _is_finite(expected)
        several = np.flatnonzero([len(tried[place].cells) > 1 for place in taken])
        if several.size:
            rows_of_several = rows.iloc[taken[several]]
            told[several] &= is_steady(estimator, spec, rows_of_several, expected.at(several))
    places = np.flatnonzero(told)
    return Beyond(rows.iloc[taken[places]], expected.at(places))


def _asked(
    estimator: Any, spec: SignatureSpec, rows: pd.DataFrame, tried: list[Change]
) -> tuple[np.ndarray, Answers]:
    """Return the places of the rows that it answers, and the answers."""
    try:
        return np.arange(len(rows)), answers_of(estimator, spec, rows)
    except NotCompilable:
        taken = np.asarray(_taken(estimator, spec, rows, tried), dtype=int)
        return taken, answers_of(estimator, spec, rows.iloc[taken])


def _taken(estimator: Any, spec: SignatureSpec, rows: pd.DataFrame, tried: list[Change]) -> list[int]:
    """The places of the rows that it answers. Raises `NotCompilable` if it refuses one that it must take."""
    must = [place for place, change in enumerate(tried) if change.kind != "farther"]
    if must and _refusal(estimator, spec, rows.iloc[must]):
        for place in must:
            if error := _refusal(estimator, spec, rows.iloc[[place]]):
                raise _refused(estimator, tried[place], error) from error
    may = set(range(len(tried))) - set(must)
    return sorted({*must, *(one for one in may if not _refusal(estimator, spec, rows.iloc[[one]]))})


def _refusal(estimator: Any, spec: SignatureSpec, rows: pd.DataFrame) -> NotCompilable | None:
    try:
        answers_of(estimator, spec, rows)
    except NotCompilable as error:
        return error
    return None


def _refused(estimator: Any, change: Change, error: NotCompilable) -> NotCompilable:
    (name, value), *others = change.cells.items()
    facts = {"feature": shown(name, 100), "value": value}
    which = WHICH[change.kind].format(**facts)
    if others:
        which += f", and as unusual in {counted(len(others), 'other feature')}"
    is_encoder = change.kind in ("number", "border") and "unknown categories" in str(error.__cause__)
    remedy = REMEDIES["encoder" if is_encoder else change.kind].format(**facts)
    return NotCompilable("refuses_rows", estimator, which=which, remedy=remedy)


def _is_finite(answers: Answers) -> np.ndarray:
    """Of each row whether all numbers in its answer are finite: the server tells other rows as errors."""
    if answers.probabilities is not None:
        return np.isfinite(answers.probabilities).all(axis=1)
    outputs = np.asarray(answers.outputs)
    return np.isfinite(outputs) if outputs.dtype.kind == "f" else np.ones(len(outputs), dtype=bool)
