"""From a fitted estimator and a signature to the bytes of an ONNX graph, with 64-bit or 32-bit numbers.

Whatever the precision inside, a graph takes doubles: a matrix `features`, or columns `c0`, `c1`, … of numbers
and texts. Names of users are in no graph.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from predictions.contract.signature import SignatureSpec
from predictions.registry import refusals
from predictions.registry.converting.preparing import parts_of, prepared
from predictions.registry.fitness import as_fitted

OPSET = {"": 21, "ai.onnx.ml": 3}
DIFFERENT = 0.9  # of the numbers in a column that tells rows apart
OWN_WORDS = r"(?u)\b\w\w+\b"
WORDS = r"[\p{L}\p{N}_]{2,}"  # the same in RE2


def convert(estimator: Any, spec: SignatureSpec, *, bits: int = 64) -> bytes:
    """Return the ONNX form. Raises `NotCompilable`."""
    try:
        return _converted(estimator, spec, bits)
    except refusals.NotCompilable:
        raise
    except Exception as error:  # the converter raises whatever it meets
        refusals.raise_if_out_of_memory(error)
        raise refusals.not_converted(estimator, error) from error


def _converted(estimator: Any, spec: SignatureSpec, bits: int) -> bytes:
    # Imported when there is something to convert: 200 MB of addresses that a refusal does not need.
    from skl2onnx import to_onnx

    from predictions.registry.converting.doubles import numbers_of
    from predictions.registry.converting.graphs import finished, put_in_order
    from predictions.registry.converting.registering import register_boosters, register_converters

    _refuse_neighbours(parts_of(estimator))
    ready, fitted = prepared(estimator), as_fitted(estimator, spec)
    register_converters()
    register_boosters(parts_of(ready))
    inputs, options = _inputs(fitted, bits), _options(ready, spec)
    with numbers_of(bits):
        model = to_onnx(ready, initial_types=inputs, options=options, target_opset=OPSET)
    put_in_order(model.graph, fitted=fitted, given=spec)
    labels_only = spec.task == "classification" and not hasattr(estimator, "predict_proba")
    return finished(model, labels_only=labels_only)


def _refuse_neighbours(parts: list[Any]) -> None:
    """Of rows that are equally far ONNX takes others than scikit-learn: one row in a hundred may tell."""
    from sklearn.impute import KNNImputer
    from sklearn.neighbors._base import KNeighborsMixin, RadiusNeighborsMixin

    for part in parts:
        if isinstance(part, KNeighborsMixin | RadiusNeighborsMixin) and hasattr(part, "predict"):
            raise refusals.NotCompilable("neighbours", part)
        if isinstance(part, KNNImputer) and _may_be_equally_far(part._fit_X):
            raise refusals.NotCompilable("filled_by_neighbours", part)


def _may_be_equally_far(rows: np.ndarray) -> bool:
    """Whether no column of numbers without gaps tells these rows apart."""
    complete = (column for column in np.asarray(rows, dtype=float).T if not np.isnan(column).any())
    return not any(len(np.unique(column)) > DIFFERENT * len(column) for column in complete)


def _inputs(spec: SignatureSpec, bits: int) -> list[tuple[str, Any]]:
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, StringTensorType

    number = DoubleTensorType if bits == 64 else FloatTensorType
    if spec.is_matrix:
        return [("features", number([None, len(spec.features)]))]
    kinds = [StringTensorType if f.kind.is_text else number for f in spec.features]
    return [(f"c{i}", kind([None, 1])) for i, kind in enumerate(kinds)]


def _options(estimator: Any, spec: SignatureSpec) -> dict[int, dict[str, Any]]:
    """Probabilities as a matrix; texts split as scikit-learn does, on any host."""
    from sklearn.feature_extraction.text import CountVectorizer

    options: dict[int, dict[str, Any]] = {}
    for part in parts_of(estimator):
        if isinstance(part, CountVectorizer):  # TfidfVectorizer is one
            options[id(part)] = {"locale": "C.UTF-8"}
            if part.token_pattern == OWN_WORDS and part.analyzer == "word":
                options[id(part)]["tokenexp"] = WORDS
    if spec.task == "classification":
        options[id(_last(estimator))] = {"zipmap": False}
    return options


def _last(estimator: Any) -> Any:
    return _last(estimator.steps[-1][1]) if hasattr(estimator, "steps") else estimator
