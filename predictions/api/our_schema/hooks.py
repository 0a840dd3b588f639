"""What drf-spectacular cannot see in code: where the paths are, and the default model with its samples."""

from typing import Any

from django.db import Error

from predictions.api.asking import how_to_ask
from predictions.api.open_inference.outputs import sample_request
from predictions.api.schemas import ref
from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.models import RegisteredModel, Signature
from predictions.models.promotion import live_version
from predictions.paths import base_path

Schema = dict[str, Any]
JSON_TYPES = {Kind.FLOAT: "number", Kind.INT: "integer", Kind.BOOL: "boolean"}
BOUNDS = ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum")


def add_server(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """Name what precedes the paths, where something does: the project's prefix, and SCRIPT_NAME."""
    if base := base_path():
        result["servers"] = [{"url": base}]
    return result


def add_how_to_ask(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """Show in the description how a public model is asked; without a database, nothing."""
    try:
        result["info"]["description"] += f"\n\n{how_to_ask()}"
    except Error:
        return result
    return result


def add_signature_of_default_model(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """Describe the body of POST /predict by the default model, with samples; without one: "an object"."""
    try:
        model = RegisteredModel.objects.filter(is_default=True, public=True).first()
        if model is None:
            return result
        live = live_version(model)
        signature = live.signature if live else Signature.objects.newest_of(model)
        if signature is None:
            return result
        spec = signature.spec()
    except Error:
        return result
    body = result["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
    result["components"]["schemas"]["PredictRequest"] = {
        "type": "object",
        "properties": {feature.name: _feature_schema(feature) for feature in spec.features},
        "required": [feature.name for feature in spec.features if feature.required],
    }
    body["schema"] = ref("PredictRequest")
    body["example"] = spec.example
    _add_samples(result["paths"], spec, {"name": model.name} | ({"label": live.label} if live else {}))
    return result


def _feature_schema(feature: FeatureSpec) -> dict[str, Any]:
    name = JSON_TYPES.get(feature.kind, "string")
    kind: Any = name if feature.required else [name, "null"]
    schema: dict[str, Any] = {"type": kind, "example": feature.example}
    if feature.description:
        schema["description"] = feature.description
    if feature.categories:
        schema["enum"] = [*feature.categories, *([] if feature.required else [None])]
    if feature.kind is Kind.TIMESTAMP and feature.has_zone:
        schema["format"] = "date-time"
    bounds = {name.replace("_m", "M"): getattr(feature, name) for name in BOUNDS}
    return schema | {key: bound for key, bound in bounds.items() if bound is not None}


def _add_samples(paths: dict[str, Any], spec: SignatureSpec, names: dict[str, str]) -> None:
    """Write bodies, and the model's name and live label, into the paths that predict with any model."""
    row = spec.example
    bodies = {
        "row": {"summary": "One row", "value": row},
        "rows": {"summary": "Many rows", "value": [row, row]},
        "columns": {"summary": "Columns", "value": {"columns": {name: [v, v] for name, v in row.items()}}},
    }
    tensors = {"row": {"summary": "One row", "value": sample_request(spec)}}
    for path, operations in paths.items():
        predicts, is_v2 = path.endswith(("}/predict", "}/infer")), path.startswith("/v2/")
        if predicts:
            content = operations["post"]["requestBody"]["content"]["application/json"]
            content["examples"] = tensors if is_v2 else bodies
        if predicts or is_v2:
            for operation in operations.values():
                for parameter in operation.get("parameters", []):
                    if parameter["name"] in names:
                        parameter["example"] = names[parameter["name"]]
