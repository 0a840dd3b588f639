"""Which errors each operation of the schema may answer, and in which shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

TEXT = {"type": "string"}
ERROR = {
    "type": "object",
    "properties": {
        "code": TEXT,
        "detail": TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"row": {"type": "integer"}, "field": TEXT, "message": TEXT},
                "required": ["field", "message"],
            },
        },
    },
    "required": ["code", "detail", "errors"],
}
V2_ERROR = {"type": "object", "properties": {"error": TEXT}, "required": ["error"]}
ANY_OTHER = "An error: a stable code, one sentence, and the fields that are wrong."
ANY_OTHER_V2 = "An error, as one sentence."


def add_error_answers(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Tell what every operation may answer: all of `/v2` have one shape, all others but `/predict` another.

    What a view names itself stays, and gets the shape of its path where it names none.
    """
    result["components"].setdefault("schemas", {}).update({"Error": ERROR, "V2Error": V2_ERROR})
    for path, operations in result["paths"].items():
        v2 = path.startswith("/v2")
        content = _content("V2Error" if v2 else "Error")
        for method, operation in operations.items():
            answers = operation["responses"]
            for status, why in _expected(path, method, operation):
                answers.setdefault(status, {"description": why})
            answers.setdefault("default", {"description": ANY_OTHER_V2 if v2 else ANY_OTHER})
            for status, answer in answers.items():
                if status == "default" or status >= "4":
                    answer.setdefault("content", content)
    return result


def _content(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _expected(path: str, method: str, operation: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what follows from what the operation takes: parameters, a body, a token."""
    given = operation.get("parameters", [])
    callers = operation.get("security", [])
    names = {each["name"] for each in given if each["in"] == "query"}
    if "requestBody" in operation:
        yield "400", "The body, or a field of it, is wrong: `errors` names which."
        yield "413", "The body is too large, as it came or inflated."
        yield "415", "`Content-Encoding`, or the charset, is none that is read."
    if names:
        yield "400", "A parameter is wrong: `errors` names which."
    if callers:
        yield "401", "A token is needed, or the one that was sent is not good."
    if callers and {} not in callers and (method != "get" or "predictions" in path):
        yield "403", "The token's user lacks the permission."
    if "{" in path or "cursor" in names:
        yield "404", "There is nothing of this name, or the cursor is none; or it needs a token to be seen."
