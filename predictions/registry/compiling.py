"""From a fitted scikit-learn estimator to its served form, with the proof that both answer alike.

Runs in a child process only: importing scikit-learn and the converter takes seconds and 180 MB.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.answers import PROBABILITY_TOLERANCE, Answers
from predictions.contract.feature import Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry import refusals
from predictions.registry.fitness import refuse_unfit, why_not_answered
from predictions.registry.loading import LoadedVersion, in_memory
from predictions.registry.proof_rows import rows_to_prove
from predictions.registry.refusals import NotCompilable
from predictions.registry.sklearn_answers import one_thread, outputs_of

if TYPE_CHECKING:
    import pandas as pd

GOLDEN_ROWS = 5


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """A served form with all that the registry keeps of how it was made."""

    served_form: bytes
    estimator: str
    params: dict[str, Any]
    libraries: dict[str, str]
    parity: dict[str, Any]
    golden_rows: dict[str, Any]


def compile_and_prove(estimator: Any, spec: SignatureSpec, frame: pd.DataFrame) -> Compiled:
    """Compile, then compare with scikit-learn on every complete row of `frame` (features, output).

    Raises `NotCompilable` unless all labels are equal, but for ties, and all probabilities within 1e-5.
    """
    return prove(estimator, spec, spec.answerable(frame), expected=own_answers(estimator, spec, frame))


def own_answers(estimator: Any, spec: SignatureSpec, frame: pd.DataFrame) -> Answers:
    """Return scikit-learn's answers to the complete rows of `frame`, once it is known to be a model of them.

    Raises `NotCompilable`.
    """
    refuse_unfit(estimator, spec)
    frame = spec.answerable(frame)
    if frame.empty:
        raise NotCompilable("no_rows")
    return answers_of(estimator, spec, frame)


def prove(estimator: Any, spec: SignatureSpec, frame: pd.DataFrame, *, expected: Answers) -> Compiled:
    """Compile, and compare with `expected`, scikit-learn's answers to `frame`. Raises `NotCompilable`.

    Of a large set the rows of `rows_to_prove` are compared.
    """
    positions = rows_to_prove(frame, spec, expected)
    some = frame.iloc[positions]
    served_form = convert(estimator, spec)
    try:
        served = load_bytes(served_form, spec).predict_frame(some)
    except Exception as error:  # onnxruntime raises its own kinds, which share no base
        refusals.raise_if_out_of_memory(error)
        raise NotCompilable("does_not_run", kind=refusals.kind_in_words(error)) from error
    parity = compare(expected.at(positions), served, spec.labels) | {"of": len(frame)}
    if not parity["equal"]:
        raise refusals.other_answers(parity)
    return Compiled(
        served_form=served_form,
        estimator=f"{type(estimator).__module__}.{type(estimator).__qualname__}",
        params=_as_json(estimator.get_params()),
        libraries=library_versions(),
        parity=parity,
        golden_rows=_golden_rows(some, spec, served),
    )


def convert(estimator: Any, spec: SignatureSpec) -> bytes:
    """Return the ONNX form: one float32 matrix in where all features are numbers, else columns."""
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType

    if spec.is_matrix:
        inputs: list[Any] = [("features", FloatTensorType([None, len(spec.features)]))]
    else:
        types = {Kind.TEXT: StringTensorType}
        inputs = [(f.name, types.get(f.kind, FloatTensorType)([None, 1])) for f in spec.features]
    options = {"zipmap": False} if spec.task == "classification" else None
    try:
        opset = {"": 21, "ai.onnx.ml": 3}
        model = to_onnx(estimator, initial_types=inputs, options=options, target_opset=opset)
        return bytes(model.SerializeToString())
    except Exception as error:  # the converter raises whatever it meets
        refusals.raise_if_out_of_memory(error)
        raise refusals.not_converted(estimator, error) from error


def load_bytes(served_form: bytes, spec: SignatureSpec) -> LoadedVersion:
    """Load a served form that is not registered yet."""
    return in_memory(served_form, spec=spec, version_id=0, model="", label="", name="", filename="")


def answers_of(estimator: Any, spec: SignatureSpec, frame: pd.DataFrame) -> Answers:
    """Return scikit-learn's own answers to the feature columns of `frame`. Raises `NotCompilable`."""
    features = frame[[feature.name for feature in spec.features]]
    if spec.task == "classification" and not hasattr(estimator, "predict_proba"):
        raise NotCompilable("no_probabilities", estimator)
    try:
        with one_thread(estimator):
            shares = np.asarray(estimator.predict_proba(features)) if spec.task == "classification" else None
            outputs = outputs_of(estimator, features, shares)
    except Exception as error:  # an estimator may be anything, and fitted on anything
        refusals.raise_if_out_of_memory(error)
        raise why_not_answered(estimator, spec, error) from error
    if outputs.size != len(frame):
        raise NotCompilable("several_outputs", estimator, count=outputs.size // max(1, len(frame)))
    return Answers(outputs.reshape(-1).tolist(), shares)


def compare(expected: Answers, served: Answers, labels: tuple[Any, ...] = ()) -> dict[str, Any]:
    """Count rows with different labels, apart from ties, and find the largest difference of a number."""
    tied = 0
    if expected.probabilities is None or served.probabilities is None:
        a, b = np.asarray(expected.outputs, float), np.asarray(served.outputs, float)
        worst = float(np.max(np.abs(a - b) / (1 + np.abs(a))))
        different = 0
    else:
        rows = zip(expected.outputs, served.outputs, expected.probabilities, strict=True)
        others = [row for row in rows if row[0] != row[1]]
        tied = sum(is_tie(*row, labels) for row in others)
        different = len(others) - tied
        worst = float(np.max(np.abs(expected.probabilities - served.probabilities)))
    return {
        "rows": len(expected.outputs),
        "label_differences": different,
        "ties": tied,
        "max_difference": worst,
        "tolerance": PROBABILITY_TOLERANCE,
        "equal": different == 0 and worst <= PROBABILITY_TOLERANCE,
    }


def is_tie(theirs: Any, ours: Any, probabilities: np.ndarray, labels: tuple[Any, ...]) -> bool:
    """Whether both labels have the highest probability of a row, within the tolerance of 32 bits."""
    if theirs not in labels or ours not in labels:
        return False
    lower = min(probabilities[labels.index(theirs)], probabilities[labels.index(ours)])
    return bool(lower >= probabilities.max() - PROBABILITY_TOLERANCE)


def library_versions() -> dict[str, str]:
    """The versions of the libraries that a served form depends on."""
    from importlib.metadata import version

    names = ("scikit-learn", "numpy", "skl2onnx", "onnx", "onnxruntime")
    return {name: version(name) for name in names}


def _golden_rows(frame: pd.DataFrame, spec: SignatureSpec, served: Answers) -> dict[str, Any]:
    """The first row of each answer, up to five: what every load must reproduce."""
    first = {str(answer): i for i, answer in reversed(list(enumerate(served.outputs)))}
    chosen = sorted(first.values())[:GOLDEN_ROWS]
    golden: dict[str, Any] = {"rows": [list(row) for row in spec.rows_of(frame.iloc[chosen])]}
    golden["outputs"] = [served.outputs[i] for i in chosen]
    if served.probabilities is not None:
        golden["probabilities"] = [served.probabilities[i].tolist() for i in chosen]
    return golden


def _as_json(params: dict[str, Any]) -> dict[str, Any]:
    """Keep what JSON can hold; the rest as Python writes it."""
    kept = {}
    for name, value in params.items():
        try:
            json.dumps(value, allow_nan=False)
            kept[name] = value
        except (TypeError, ValueError):
            kept[name] = repr(value)
    return kept
