"""`/` and `/health/`: whether the service answers, serves what is live, and has a scheduler."""

from typing import Any

from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.defaults import ApiView
from predictions.api.openapi import extend_schema
from predictions.models import Worker
from predictions.paths import admin_path, has_admin
from predictions.serving import serving
from predictions.serving.worker_report import ServedBy
from scheduling.engine.scheduler_state import scheduler_state
from scheduling.models import Watch

WITHOUT_DATABASE: dict[str, Any] = {"workers": None, "scheduler": None, "unwatched": None}
PRIVATE = "private models"
STALE_SECONDS = 30.0  # longer than a follower waits for a locked database


class OpenView(ApiView):
    """Answers everybody, without reading a token: that would need the database."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    throttle_classes: list[Any] = []  # a probe is never refused


class Home(OpenView):
    """A health check for programs, a page for people."""

    @extend_schema(
        operation_id="home", tags=["health"], auth=[],
        responses={(200, "application/json"): OpenApiTypes.OBJECT, (200, "text/html"): OpenApiTypes.STR},
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        """Confirm that the service runs. A browser is led to the overview, or shown the public models."""
        asked = request._request
        if asked.get_preferred_type(["application/json", "text/html"]) != "text/html":
            response: HttpResponse = JsonResponse({"health_check": "success"})
            response["Vary"] = "Accept"
            return response
        if has_admin() and self._is_signed_in():
            response = HttpResponseRedirect(admin_path("overview"))
        else:
            context = {"models": _public(serving.current()), "login": admin_path("login")}
            response = render(asked, "scheduling/pages/welcome.html", context)
        response["Vary"] = "Accept, Cookie"
        return response

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        # Of the session: the view itself has no callers' accounts.
        self.person = getattr(request, "user", None)

    def _is_signed_in(self) -> bool:
        """Whether this is a person who may use the admin; nobody is while the database is away."""
        try:
            return bool(self.person and self.person.is_active and self.person.is_staff)
        except Error:
            return False


def _public(snapshot: serving.Snapshot) -> list[Any]:
    return [model for model in snapshot.models.values() if model.public]


class Live(OpenView):
    """Whether the process answers: it looks at nothing else."""

    @extend_schema(operation_id="health_live", tags=["health"], responses={200: OpenApiTypes.OBJECT}, auth=[])
    def get(self, request: Request) -> Response:
        """Confirm that this process answers requests."""
        return Response({"status": "alive"})


class Ready(OpenView):
    """Whether this worker serves every live version."""

    @extend_schema(
        operation_id="health_ready", tags=["health"], auth=[],
        responses={
            200: OpenApiResponse(OpenApiTypes.OBJECT, description="`ready` or `degraded`."),
            503: OpenApiResponse(OpenApiTypes.OBJECT, description="A live version is not loaded."),
        },
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Report whether this worker serves every live version, whatever the scheduler's state."""
        snapshot = serving.current()
        problems = _problems(snapshot)
        unready = set(problems) - _only_without_host(snapshot)
        degraded = snapshot.database_away or bool(problems)
        body = {
            "status": "unready" if unready else "degraded" if degraded else "ready",
            "models": {m.name: m.version and m.version.label for m in _public(snapshot)},
            "problems": problems,
            "database": "away" if snapshot.database_away else "up",
            **(WITHOUT_DATABASE if snapshot.database_away else _from_database(snapshot)),
        }
        return Response(body, status=503 if unready else 200)


def _only_without_host(snapshot: serving.Snapshot) -> set[str]:
    """The names in `_problems` of models that wait for the model host: others are served as ever."""
    private = {name for name in snapshot.problems if not snapshot.models[name].public}
    names = set(snapshot.without_host - private)
    return names | {PRIVATE} if private and private <= snapshot.without_host else names


def _problems(snapshot: serving.Snapshot) -> dict[str, str]:
    """Why this worker does not serve what is live. Everybody reads it, so it does not name private models."""
    private = [name for name in snapshot.problems if not snapshot.models[name].public]
    problems = {name: why for name, why in snapshot.problems.items() if name not in private}
    if private:
        problems[PRIVATE] = f"Private models not loaded: {len(private)}. The log names them."
    if not snapshot.known:
        problems["follower"] = "The follower has not read the ledger yet."
    elif snapshot.age > STALE_SECONDS:
        problems["follower"] = f"The follower last read the ledger {snapshot.age:.0f} s ago."
    return problems


def _from_database(snapshot: serving.Snapshot) -> dict[str, Any]:
    """Workers, scheduler and unwatched promotions: information that never makes this worker unready."""
    try:
        alive = list(Worker.objects.alive())
        serving_now = [(m.name, m.version.label) for m in _public(snapshot) if m.version]
        workers = {name: ServedBy.among(alive, name, label).sentence for name, label in serving_now}
        watches = Watch.objects.to_tell(timezone.now()).filter(promotion__registered_model__public=True)
        unwatched = {watch.promotion.registered_model.name: watch.warning for watch in watches}
        return {"workers": workers, "scheduler": vars(scheduler_state()), "unwatched": unwatched}
    except Error:
        return WITHOUT_DATABASE
