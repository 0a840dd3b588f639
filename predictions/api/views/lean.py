"""The base of views that predict: DRF's own, without what an anonymous prediction does not need."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotAuthenticated, NotFound, PermissionDenied
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.access import may_ask
from predictions.api.defaults import ApiView
from predictions.api.request_body import read_body
from predictions.callers.authentication import is_by_header
from predictions.conf import config
from predictions.lane import middleware
from predictions.lane.doors import Reply, Route
from predictions.log import request_counts
from predictions.models.people.access import May
from predictions.registry.loading import LoadedVersion
from predictions.serving import answering, serving
from predictions.serving.answering import NoFiniteAnswer, count_failure
from predictions.serving.serving import ServedModel, Snapshot

AnyRequest = HttpRequest | Request
ANYBODY: Any = [AllowAny]


class LeanView(ApiView):
    """A POST without a token goes straight to the handler; everything else goes through DRF."""

    # DRF's request, negotiation and authentication cost more than a prediction. The handler then gets
    # Django's request, reads the body itself, and asks `caller_of` who calls. DRF answers what it raises.

    permission_classes = ANYBODY
    by_header = is_by_header()
    asked: LoadedVersion | None = None  # the version that a request has reached

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        open_to_all = self.by_header and self.permission_classes == ANYBODY and not self.throttle_classes
        if request.method != "POST" or "HTTP_AUTHORIZATION" in request.META or not open_to_all:
            return super().dispatch(request, *args, **kwargs)
        try:
            return self.post(request, *args, **kwargs)
        except Exception as error:  # what DRF's `dispatch` does with it
            self.args, self.kwargs, self.format_kwarg = args, kwargs, None
            self.request = self.initialize_request(request, *args, **kwargs)
            self.headers = self.default_response_headers
            response = self.handle_exception(error)
            return self.finalize_response(self.request, response, *args, **kwargs)

    def post(self, request: AnyRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        raise NotImplementedError

    def handle_exception(self, exc: Exception) -> Response:
        """Answer an error and count it for the version that was asked, as its failure where it is a bug."""
        try:
            response: Response = super().handle_exception(exc)
        except Exception:
            if self.asked:
                count_failure(self.asked, exc, who=caller_of(self.request))
            raise
        if self.asked and (response.status_code == 500 or isinstance(exc, NoFiniteAnswer)):
            count_failure(self.asked, exc, who=caller_of(self.request))
        elif self.asked and response.status_code < 500:
            request_counts.counts.refused(self.asked, who=caller_of(self.request))
        return response


def is_known(request: AnyRequest) -> bool:
    """Whether the caller sent a valid token."""
    return isinstance(request, Request) and bool(request.user.is_authenticated)


def caller_of(request: AnyRequest) -> str:
    """Return the name of the token's user; empty without a token."""
    return request.user.get_username() if isinstance(request, Request) else ""


def may_predict(request: AnyRequest, served: ServedModel) -> bool:
    """Whether the caller may ask the live version of this model."""
    return served.public or (is_known(request) and may_ask(request.user, May.PREDICT, served.name))


def visible_model(snapshot: Snapshot, request: AnyRequest, name: str) -> ServedModel:
    """Return a model that this caller may ask. Raises `NotFound`, also for a private one of others."""
    served = snapshot.models.get(name)
    if served is None or not may_predict(request, served):
        raise NotFound(
            f"There is no model {name}, or it is private and you need a token with a role for it, "
            "in the header “Authorization: Token …”."
        )
    return served


def live_if_named(request: AnyRequest, name: str, label: str | None) -> LoadedVersion | None:
    """Return the live version, or None if the label is another. Raises `NotFound` or `NoLiveVersion`."""
    snapshot = serving.current()
    served = visible_model(snapshot, request, name)
    is_live = label is None or (served.version and served.version.label == label)
    return snapshot.live(served) if is_live else None


def require_try(request: AnyRequest, name: str) -> None:
    """Raise an error unless the caller may ask versions of this model that are not live."""
    if not is_known(request):
        raise NotAuthenticated
    visible_model(serving.current(), request, name)
    if not may_ask(request.user, May.TRY, name):
        raise PermissionDenied


class FromMemory(HttpResponse):
    """An answer made without the database: closing it does not send `request_finished`."""

    # At this signal Django looks at all database connections, which takes as long as a prediction.

    def close(self) -> None:
        for close in self._resource_closers:  # type: ignore[attr-defined]
            close()
        self._resource_closers.clear()  # type: ignore[attr-defined]
        self.closed = True


# Other middleware may have opened one, and who counts requests by the signal keeps the lane off.
ANONYMOUS = FromMemory if middleware.sees_no_prediction() else HttpResponse


def respond(reply: Reply, kind: type[HttpResponse] = HttpResponse) -> HttpResponse:
    """Return a reply as Django's response."""
    return kind(reply.content, status=reply.status, headers=reply.headers)


def predicted(request: AnyRequest, version: LoadedVersion, route: Route) -> HttpResponse:
    """Ask the version about the rows of the body, count it, and reply as the door does.

    Raises what the door and the version raise, and what is wrong with the body as it came.
    """
    door, who = route.door, caller_of(request)
    question = door.read(version, read_body(request, getattr(config, door.limit)), request.META)
    answered = answering.answer(version, question.rows, who=who, body=question.body)
    reply = door.write(version, question, answered)
    rows = len(answered.answers.outputs)
    request_counts.counts.answered(version, who=who, rows=rows, seconds=answered.seconds)
    if isinstance(request, Request):
        response = respond(reply)
    else:
        response = respond(reply, ANONYMOUS)
        response.reply, response.route = reply, route  # type: ignore[attr-defined]  # the fast lane learns
    response.computed_by = version.version_id  # type: ignore[attr-defined]  # for `prometheus.counted`
    return response
