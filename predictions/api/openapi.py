"""What drf-spectacular cannot see in code: the signature, samples, tokens, errors."""

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import Error
from drf_spectacular import authentication, openapi
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiResponse
from drf_spectacular.utils import extend_schema as describe

from predictions.api.open_inference.outputs import sample_request
from predictions.api.schemas import COMPONENTS, ref
from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.models import RegisteredModel, Signature
from predictions.models.promotion import live_version
from predictions.paths import base_path

Schema = dict[str, Any]
JSON_TYPES = {Kind.FLOAT: "number", Kind.INT: "integer", Kind.BOOL: "boolean"}
BOUNDS = ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum")
ANY_OTHER = {
    "Error": "An error: a stable code, one sentence, and the fields that are wrong.",
    "V2Error": "An error, as one sentence.",
}

NOT_SERVED = {503: OpenApiResponse(description="No version is live, or the version could not be loaded.")}
RETIRED = {409: OpenApiResponse(description="The version is retired and its files were deleted.")}
OF_MODEL: dict[Any, Any] = NOT_SERVED | {
    422: OpenApiResponse(description="The rows are valid, but the model's answer is not a finite number.")
}
OF_VERSION: dict[Any, Any] = RETIRED | {
    429: OpenApiResponse(description="This worker is loading another version: wait for `Retry-After`.")
}


class SessionScheme(authentication.SessionScheme):
    """The session's cookie, where the API takes it."""

    target_class = "predictions.callers.sessions.SessionAuthentication"


if apps.is_installed("knox"):

    class TokenScheme(OpenApiAuthenticationExtension):
        """`Authorization: Token …` in Swagger's Authorize dialogue."""

        target_class = "predictions.callers.knox_tokens.TokenAuthentication"
        name = "token"

        def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
            how = 'Write "Token", a space, and the token.'
            return {"type": "apiKey", "in": "header", "name": "Authorization", "description": how}


def add_server(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """Name what precedes the paths, where something does: the project's prefix, and SCRIPT_NAME."""
    if base := base_path():
        result["servers"] = [{"url": base}]
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


class AutoSchema(openapi.AutoSchema):
    """Of our own views: with the errors that follow from what an operation takes, and our components."""

    def get_operation(self, path: str, *args: Any, **kwargs: Any) -> Any:
        operation: Any = super().get_operation(path, *args, **kwargs)
        if operation:
            for name, schema in COMPONENTS.items():
                self.registry.register_on_missing(
                    ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name)
                )
            self._add_errors(operation["responses"], _expected(path, self.method.lower(), operation))
        return operation

    def _add_errors(self, answers: Schema, expected: Iterator[tuple[str, str]]) -> None:
        """Add them to the answers of an operation; what the view itself names stays."""
        for status, why in expected:
            answers.setdefault(status, {"description": why})
        error = getattr(self.view, "error_component", "Error")
        answers.setdefault("default", {"description": ANY_OTHER[error]})
        for status, answer in answers.items():
            if status == "default" or status >= "4":
                answer.setdefault("content", {"application/json": {"schema": ref(error)}})


def extend_schema(**what: Any) -> Callable[[Any], Any]:
    """As drf-spectacular's, but our schema class is extended, whatever DEFAULT_SCHEMA_CLASS a project has."""

    def of_method(method: Any) -> Any:
        method.kwargs = {"schema": AutoSchema} | getattr(method, "kwargs", {})
        return describe(**what)(method)

    return of_method


def _expected(path: str, method: str, operation: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (status, description) for the operation's parameters, body and token."""
    callers = operation.get("security", [])
    names = {each["name"] for each in operation.get("parameters", []) if each["in"] == "query"}
    if "requestBody" in operation:
        yield "400", "The body or one of its fields is wrong: `errors` says which."
        yield "413", "The body is too large, as it was sent or decompressed, or it has too many rows."
        yield "415", "The server does not read this `Content-Encoding` or charset."
    if names:
        yield "400", "A parameter is wrong: `errors` says which."
    if callers:
        yield "401", "The operation needs a token, or the token that was sent is not valid."
    if callers and {} not in callers and (method != "get" or "predictions" in path):
        yield "403", "The token's user does not have the permission."
    if "{" in path or "cursor" in names:
        yield "404", "The name or the cursor does not exist, or only callers with a token may see it."
