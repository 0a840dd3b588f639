"""Samples that work as they are, for "Try it out" on the paths that name a model: of the default one."""

from __future__ import annotations

from typing import Any

from predictions.api.open_inference.metadata import sample_request
from predictions.contract.signature import SignatureSpec
from predictions.models import RegisteredModel
from predictions.models.live import live_version


def add_samples(paths: dict[str, Any], model: RegisteredModel, signature: SignatureSpec) -> None:
    """Write bodies, and the names in the paths, into the operations that predict with any model."""
    row = signature.example
    bodies = {
        "row": {"summary": "One row", "value": row},
        "rows": {"summary": "Many rows", "value": [row, row]},
        "columns": {"summary": "Columns", "value": {"columns": {name: [v, v] for name, v in row.items()}}},
    }
    tensors = {"row": {"summary": "One row", "value": sample_request(signature)}}
    for path, operations in paths.items():
        if "post" in operations and path.endswith(("}/predict", "}/infer")):
            content = operations["post"]["requestBody"]["content"]["application/json"]
            content["examples"] = tensors if path.startswith("/v2/") else bodies
        if path.endswith(("}/predict", "}/infer")) or path.startswith("/v2/"):
            _name(operations, model)


def _name(operations: dict[str, Any], model: RegisteredModel) -> None:
    """Fill the model's name, and the label of what is live, into the path."""
    live = live_version(model)
    for operation in operations.values():
        for parameter in operation.get("parameters", []):
            if parameter["name"] == "name":
                parameter["example"] = model.name
            elif parameter["name"] == "label" and live:
                parameter["example"] = live.label
