"""How our views are described in OpenAPI: with the errors that follow from what an operation takes."""

from collections.abc import Callable, Iterator
from typing import Any

from drf_spectacular import openapi
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiResponse
from drf_spectacular.utils import extend_schema as describe

from predictions.api.schemas import COMPONENTS, ref

Schema = dict[str, Any]
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
