"""A WSGI callable in front of Django, for anonymous predictions of public models. All else is Django's.

The first request of each kind goes to Django. If a view answers it without a token and without the database,
the lane has seen what is to be done, and which headers Django's middleware adds; it answers the next itself.
"""

import logging
from collections.abc import Callable
from io import BytesIO
from typing import Any, NamedTuple

from predictions.conf import config
from predictions.contract.fields import InvalidInput
from predictions.lane import middleware
from predictions.lane.doors import Reply, Route
from predictions.log import request_counts
from predictions.registry.loading import LoadedVersion
from predictions.serving import answering, serving
from predictions.serving.serving import ServedModel
from predictions.slow_bodies import waiting

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
MOST_KINDS = 1000  # with a wildcard in ALLOWED_HOSTS clients could fill the memory
STATUS = {200: "200 OK", 400: "400 Bad Request"}
log_of_refusals = logging.getLogger("django.request")


class Learnt(NamedTuple):
    """What Django did with a request of a kind: the view's route, and the headers of middleware."""

    route: Route
    headers: list[tuple[str, str]]


class Answer(list[bytes]):
    """The body of an answer, with what `prometheus.counted` looks at."""

    __slots__ = ("computed_by", "status_code")
    computed_by: int | None
    status_code: int


class Lane:
    """Answers what it has learnt from `django` to answer, and gives it everything else."""

    def __init__(self, django: Callable[..., Any]) -> None:
        self._django, self._learnt = django, dict[tuple[str | None, ...], Learnt]()
        self._is_open, self._kind = middleware.is_open(), middleware.kind()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Any:
        if not (self._is_open and environ["REQUEST_METHOD"] == "POST" and _is_plain(environ)):
            return self._django(environ, start_response)
        kind = tuple(map(environ.get, self._kind))
        learnt = self._learnt.get(kind)
        if learnt is None:
            return self._learn(kind, environ, start_response)
        served = learnt.route.served(serving.current())
        answer = _answer(learnt, served, environ, start_response) if served else None
        return self._django(environ, start_response) if answer is None else answer

    def _learn(self, kind: Any, environ: Environ, start_response: StartResponse) -> Any:
        headers: list[tuple[str, str]] = []

        def start(status: str, answered: list[tuple[str, str]], *rest: Any) -> Any:
            headers.extend(answered)
            return start_response(status, answered, *rest)

        response = self._django(environ, start)
        reply: Reply | None = getattr(response, "reply", None)  # of a view, without a token
        if reply and response.content == reply.content:
            own = {*reply.headers.items(), ("Content-Length", str(len(reply.content)))}
            if own <= {*headers} and not response.cookies:
                if len(self._learnt) >= MOST_KINDS:
                    self._learnt.clear()
                self._learnt[kind] = Learnt(response.route, [each for each in headers if each not in own])
        return response


def _is_plain(environ: Environ) -> bool:
    """Whether no token is sent, and the body is what it says: so many bytes of UTF-8."""
    if (
        "HTTP_AUTHORIZATION" in environ
        or "HTTP_CONTENT_ENCODING" in environ
        or "HTTP_TRANSFER_ENCODING" in environ
    ):
        return False
    content_type = environ.get("CONTENT_TYPE", "")
    return "charset" not in content_type.lower() or content_type == "application/json; charset=utf-8"


def _answer(
    learnt: Learnt, served: ServedModel, environ: Environ, start_response: StartResponse
) -> Answer | None:
    """Return the answer; None, with the body as it was, if Django should see to this request."""
    body = _body(environ, getattr(config, learnt.route.door.limit))
    if body is None:
        return None
    version: Any = served.version
    reply, computed_by = _reply(learnt.route, served, version, body, environ)
    if reply is None:
        environ["wsgi.input"] = BytesIO(body)
        return None
    length = ("Content-Length", str(len(reply.content)))
    start_response(STATUS[reply.status], [*reply.headers.items(), *learnt.headers, length])
    answer = Answer((reply.content,))
    answer.status_code, answer.computed_by = reply.status, computed_by
    return answer


def _body(environ: Environ, limit: int) -> bytes | None:
    """Return the whole body; None if it is too long, cut, or of a length that nobody knows."""
    announced = environ.get("CONTENT_LENGTH") or ""
    if not (announced.isascii() and announced.isdecimal()) or len(announced) > 19:
        return None
    if (size := int(announced)) > limit:
        return None
    try:
        body = waiting.read(environ, size)
    except OSError:
        body = b""
    if len(body) == size:
        return body
    environ["wsgi.input"] = BytesIO(body)
    return None


def _reply(
    route: Route, served: ServedModel, version: LoadedVersion, body: bytes, environ: Environ
) -> tuple[Reply | None, int | None]:
    """Return a success with the version that computed it, or a refusal; None for what is neither."""
    door = route.door
    try:
        question = door.read(version, body, environ)
        answered = answering.compute(version, question.rows)
        reply = door.write(version, question, answered)
    except InvalidInput as error:
        if door.refuse is None or log_of_refusals.isEnabledFor(logging.WARNING):
            return None, None
        request_counts.counts.refused(version, who="")
        return door.refuse(served, error), None
    except Exception:  # nothing is counted yet: Django meets the same error, and counts it
        return None, None
    answering.keep(served, version, question.rows, answered, who="", body=question.body)
    rows = len(answered.answers.outputs)
    request_counts.counts.answered(version, who="", rows=rows, seconds=answered.seconds)
    return reply, version.version_id
