"""The metadata of a model in the protocol, by its signature."""

import json
from typing import Any

from predictions.api.open_inference.inputs import MATRIX
from predictions.api.open_inference.outputs import outputs_of
from predictions.contract.feature import Kind
from predictions.contract.signature import SignatureSpec

PLATFORM = "onnxruntime_onnx"
DATATYPE = {Kind.FLOAT: "FP64", Kind.INT: "INT64", Kind.BOOL: "BOOL", Kind.TEXT: "BYTES"}


def model_metadata(name: str, versions: list[str], spec: SignatureSpec) -> dict[str, Any]:
    """Return the metadata of these versions of a model.

    `properties` holds what tensors have no place for, each as JSON in a text, as the protocol requires.
    """
    facts = {
        "features": list(spec.names),
        "optional": [feature.name for feature in spec.features if not feature.required],
        "labels": list(spec.labels),
    }
    return {
        "name": name,
        "versions": versions,
        "platform": PLATFORM,
        "inputs": _inputs(spec),
        "outputs": [output._asdict() for output in outputs_of(spec)],
        "properties": {name: json.dumps(values) for name, values in facts.items() if values},
    }


def _inputs(spec: SignatureSpec) -> list[dict[str, Any]]:
    """One matrix where all features are numbers, as clients of such models send; otherwise columns."""
    if spec.is_matrix:
        return [{"name": MATRIX, "datatype": "FP64", "shape": [-1, len(spec.features)]}]
    return [{"name": f.name, "datatype": DATATYPE[f.kind], "shape": [-1, 1]} for f in spec.features]


def sample_request(spec: SignatureSpec) -> dict[str, Any]:
    """Return a request of one row, made of the examples of the features."""
    examples = list(spec.example.values())
    numbers = [None if value is None else float(value) for value in examples] if spec.is_matrix else []
    data = [numbers] if spec.is_matrix else [[value] for value in examples]
    tensors = zip(_inputs(spec), data, strict=True)
    return {"inputs": [tensor | {"shape": [1, len(values)], "data": values} for tensor, values in tensors]}
