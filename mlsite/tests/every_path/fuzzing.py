"""A fuzzer driven by the project's schema: it asks in this process, and judges each answer by the schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)

CHECKS = [content_type_conformance, response_headers_conformance, response_schema_conformance]
SAID = 800  # characters of a problem


@dataclass(kw_only=True)
class Fuzzed:
    """How often each operation answered what, and one problem of each kind with its `curl` line."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    problems: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a path or a body may name that is there: most requests name something of it."""

    paths: Mapping[str, Sequence[dict[str, Any]]]  # by the beginning of a path, the longest first
    bodies: Mapping[str, Sequence[Any]]  # by method and path

    def of(self, operation: Any) -> st.SearchStrategy[tuple[dict[str, Any], Any]]:
        """Draw parameters for the path, and a body; None stands for what the schema alone makes."""
        start = next((start for start in self.paths if operation.path.startswith(start)), None)
        parameters = self.paths[start] if start and "{" in operation.path else []
        bodies = self.bodies.get(operation.label, [])
        return st.tuples(st.sampled_from([*parameters, None]), st.sampled_from([*bodies, None, None]))


@contextmanager
def application() -> Iterator[Any]:
    """The project's application, which leaves the database connection of a test open."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield get_wsgi_application()
    finally:
        for signal in (signals.request_started, signals.request_finished):
            signal.connect(close_old_connections)


def schema_of(app: Any) -> Any:
    """What the application tells of itself."""
    return schemathesis.openapi.from_wsgi("/schema", app)


def fuzz(schema: Any, *, known: Known, token: str = "", examples: int, only: str = "") -> Fuzzed:
    """Ask each operation so often, with what the schema allows and with what it forbids; always the same."""
    fuzzed = Fuzzed()
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path.startswith(only):
            for mode in GenerationMode:
                _ask(operation, mode, known, token, examples, fuzzed)
    return fuzzed


def _ask(
    operation: Any, mode: GenerationMode, known: Known, token: str, examples: int, fuzzed: Fuzzed
) -> None:
    if mode is GenerationMode.NEGATIVE and not (operation.body.items or operation.query.items):
        return  # nothing in it that could be forbidden, but for its path: that is another path then

    media_type = next((one.media_type for one in operation.body), "")

    @settings(
        max_examples=examples, derandomize=True, database=None, deadline=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate],
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode), named=known.of(operation))
    def ask(case: Any, named: tuple[dict[str, Any], Any]) -> None:
        parameters, body = named
        case.path_parameters = case.path_parameters | (parameters or {}) if case.path_parameters else {}
        if body is not None:
            case.body, case.media_type = body, media_type
        _judge(case, token, fuzzed)

    with suppress(Unsatisfiable):
        ask()


def _judge(case: Any, token: str, fuzzed: Fuzzed) -> None:
    case.headers = {name: v for name, v in (case.headers or {}).items() if name.lower() != "authorization"}
    if token:
        case.headers["Authorization"] = token
    label = case.operation.label
    try:
        response = case.call()
        fuzzed.answers[label, response.status_code] += 1
        told = case.operation.definition.raw["responses"]
        assert str(response.status_code) in told, f"{response.status_code} is not in the schema"  # nor is 500
        case.validate_response(response, checks=CHECKS)
    except (Exception, FailureGroup) as problem:
        kind = f"{type(problem).__name__}: {problem}".splitlines()
        fuzzed.problems.setdefault((label, " ".join(kind[:3])[:120]), f"{label}: {problem}"[:SAID])
