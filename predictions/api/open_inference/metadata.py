"""What the protocol's metadata tells of a model, by its signature."""

from __future__ import annotations

import json
from typing import Any

from predictions.api.open_inference.inputs import MATRIX
from predictions.api.open_inference.outputs import outputs_of
from predictions.contract.feature import Kind
from predictions.contract.signature import SignatureSpec

PLATFORM = "onnxruntime_onnx"
DATATYPE = {Kind.FLOAT: "FP64", Kind.INT: "INT64", Kind.BOOL: "BOOL", Kind.TEXT: "BYTES"}


def model_metadata(name: str, versions: list[str], spec: SignatureSpec) -> dict[str, Any]:
    """Return the metadata of a model; `versions` are those that it tells of."""
    return {
        "name": name,
        "versions": versions,
        "platform": PLATFORM,
        "inputs": _inputs(spec),
        "outputs": [output._asdict() for output in outputs_of(spec)],
        "properties": _properties(spec),
    }


def _inputs(spec: SignatureSpec) -> list[dict[str, Any]]:
    """One matrix where all features are numbers, as clients of such models send; else columns."""
    if spec.is_matrix:
        return [{"name": MATRIX, "datatype": "FP64", "shape": [-1, len(spec.features)]}]
    return [{"name": f.name, "datatype": DATATYPE[f.kind], "shape": [-1, 1]} for f in spec.features]


def _properties(spec: SignatureSpec) -> dict[str, str]:
    """Facts that tensors have no place for, each as JSON in a text, as the protocol asks."""
    facts = {
        "features": [feature.name for feature in spec.features],
        "optional": [feature.name for feature in spec.features if not feature.required],
        "labels": list(spec.labels),
    }
    return {name: json.dumps(values) for name, values in facts.items() if values}


def sample_request(spec: SignatureSpec) -> dict[str, Any]:
    """Return a request of one row, made of the examples of the features."""
    inputs = _inputs(spec)
    examples = list(spec.example.values())
    data = [[*map(_as_double, examples)]] if spec.is_matrix else [[value] for value in examples]
    tensors = zip(inputs, data, strict=True)
    return {"inputs": [tensor | {"shape": [1, len(values)], "data": values} for tensor, values in tensors]}


def _as_double(value: Any) -> float | None:
    return None if value is None else float(value)
