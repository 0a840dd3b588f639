"""Which errors each operation of the schema may answer, and in which shape."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.utils import OpenApiResponse

from predictions.api.schemas import COMPONENTS, ref

ANY_OTHER = "An error: a stable code, one sentence, and the fields that are wrong."
ANY_OTHER_V2 = "An error, as one sentence."

NOT_SERVED = {503: OpenApiResponse(description="No version is live, or the version could not be loaded.")}
RETIRED = {409: OpenApiResponse(description="The version is retired and its files were deleted.")}
OF_MODEL: dict[Any, Any] = NOT_SERVED | {
    422: OpenApiResponse(description="The rows are valid, but the model's answer is not a finite number.")
}
OF_VERSION: dict[Any, Any] = RETIRED | {
    429: OpenApiResponse(description="This worker is loading another version: wait for `Retry-After`.")
}


def add_error_answers(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add the errors that follow from what an operation takes; what the view itself names stays.

    All paths of `/v2` have one shape of errors, all others but `/predict` have another.
    """
    result["components"].setdefault("schemas", {}).update(COMPONENTS)
    for path, operations in result["paths"].items():
        v2 = path.startswith("/v2")
        content = {"application/json": {"schema": ref("V2Error" if v2 else "Error")}}
        for method, operation in operations.items():
            answers = operation["responses"]
            for status, why in _expected(path, method, operation):
                answers.setdefault(status, {"description": why})
            answers.setdefault("default", {"description": ANY_OTHER_V2 if v2 else ANY_OTHER})
            for status, answer in answers.items():
                if status == "default" or status >= "4":
                    answer.setdefault("content", content)
    return result


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
