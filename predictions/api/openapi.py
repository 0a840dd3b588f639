"""What drf-spectacular cannot see in code: the default model's signature, samples, tokens, twin paths."""

from typing import Any

from django.db import Error
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from predictions.api.open_inference.metadata import sample_request
from predictions.api.schemas import ref
from predictions.contract.feature import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.models import RegisteredModel
from predictions.models.promotion import live_version

JSON_TYPES = {Kind.FLOAT: "number", Kind.INT: "integer", Kind.TEXT: "string", Kind.BOOL: "boolean"}
BOUNDS = ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum")


class TokenScheme(OpenApiAuthenticationExtension):
    """`Authorization: Token …` in Swagger's Authorize dialogue."""

    target_class = "predictions.api.defaults.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        how = 'Write "Token", a space, and the token.'
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": how}


def drop_twin_paths(endpoints: list[Any]) -> list[Any]:
    """Show one of the two forms of each path: the one without a slash at its end."""
    return [endpoint for endpoint in endpoints if not endpoint[0].endswith("/") or endpoint[0] == "/"]


def add_signature_of_default_model(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Describe the body of POST /predict by the default model's signature, with samples that work.

    Without tables or without a model the body stays "an object".
    """
    try:
        model = RegisteredModel.objects.filter(is_default=True, public=True).first()
        if model is None:
            return result
        live = live_version(model)
        signature = live.signature if live else model.signatures.order_by("-number").first()
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
    schema: dict[str, Any] = {"type": JSON_TYPES[feature.kind], "example": feature.example}
    if feature.description:
        schema["description"] = feature.description
    if feature.categories:
        schema["enum"] = list(feature.categories)
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
