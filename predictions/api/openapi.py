"""What the OpenAPI schema cannot see in code: the live signature, tokens, and twin paths."""

from typing import Any

from django.db import Error
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from predictions.api.openapi_samples import add_samples
from predictions.contract.feature import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.models import RegisteredModel
from predictions.models.live import live_version

JSON_TYPES = {Kind.FLOAT: "number", Kind.INT: "integer", Kind.TEXT: "string", Kind.BOOL: "boolean"}
JSON_KEYS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusive_minimum": "exclusiveMinimum",
    "exclusive_maximum": "exclusiveMaximum",
}


class TokenScheme(OpenApiAuthenticationExtension):
    """`Authorization: Token …` in Swagger's Authorize dialogue."""

    target_class = "predictions.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """An API key in a header, with its prefix."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": 'Write "Token" and a space before the token.',
        }


def drop_twin_paths(endpoints: list[Any]) -> list[Any]:
    """Show one of the two forms of each path: the one with no slash at its end."""
    return [endpoint for endpoint in endpoints if not endpoint[0].endswith("/") or endpoint[0] == "/"]


def add_signature_of_default_model(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Describe the body of POST /predict by the default model's signature, with a sample that works.

    Without tables or without a model the body stays "an object".
    """
    try:
        model = RegisteredModel.objects.filter(is_default=True, public=True).first()
        signature = _signature_in_use(model) if model else None
    except Error:
        return result
    if model and signature:
        body = result["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
        result["components"]["schemas"]["PredictRequest"] = request_schema(signature)
        body["schema"] = {"$ref": "#/components/schemas/PredictRequest"}
        body["example"] = signature.example
        add_samples(result["paths"], model, signature)
    return result


def _signature_in_use(model: RegisteredModel) -> SignatureSpec | None:
    live = live_version(model)
    signature = live.signature if live else model.signatures.order_by("-number").first()
    return signature.spec() if signature else None


def request_schema(signature: SignatureSpec) -> dict[str, Any]:
    """Return the JSON schema of one row."""
    return {
        "type": "object",
        "properties": {feature.name: _feature_schema(feature) for feature in signature.features},
        "required": [feature.name for feature in signature.features if feature.required],
    }


def _feature_schema(feature: FeatureSpec) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": JSON_TYPES[feature.kind], "example": feature.example}
    if feature.description:
        schema["description"] = feature.description
    if feature.categories:
        schema["enum"] = list(feature.categories)
    for ours, theirs in JSON_KEYS.items():
        bound = getattr(feature, ours)
        if bound is not None:
            schema[theirs] = bound
    return schema
