"""`/` and `/health/`: is it there, does this worker serve what is live, is a scheduler alive."""

from __future__ import annotations

from typing import Any

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from predictions.models import RegisteredModel, Worker
from predictions.serving import serving
from predictions.serving.worker_report import ServedBy
from scheduling.engine.scheduler_state import scheduler_state
from scheduling.models import Run, Watch

WITHOUT_DATABASE: dict[str, Any] = {"workers": None, "scheduler": None, "unwatched": None}
STALE_SECONDS = 30.0  # longer than a follower waits for a locked database


class Home(APIView):
    """The health check of the replaced system's clients; a page for people."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []

    @extend_schema(
        operation_id="home",
        tags=["health"],
        auth=[],
        responses={(200, "application/json"): OpenApiTypes.OBJECT, (200, "text/html"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> HttpResponse:
        """Say that the service is there."""
        preferred = request._request.get_preferred_type(["application/json", "text/html"])
        if preferred == "text/html":
            return home_page(request._request)
        response = JsonResponse({"health_check": "success"})
        response["Vary"] = "Accept"
        return response


def home_page(request: HttpRequest) -> HttpResponse:
    """What is live and where to go; without a database, what this worker serves."""
    try:
        public = Run.objects.exclude(registered_model__in=RegisteredModel.objects.hidden_from(None))
        runs = list(public.select_related("registered_model", "candidate__signature")[:5])
        scheduler = scheduler_state()
    except Error:
        runs, scheduler = [], None
    context = {
        "models": [m for m in serving.current().models.values() if m.public],
        "runs": runs,
        "scheduler": scheduler,
    }
    page = render(request, "scheduling/home.html", context)
    page["Vary"] = "Accept"
    return page


class Live(APIView):
    """The process answers: nothing else is looked at."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []

    @extend_schema(operation_id="health_live", tags=["health"], responses={200: OpenApiTypes.OBJECT}, auth=[])
    def get(self, request: Request) -> Response:
        """Say so."""
        return Response({"status": "alive"})


class Ready(APIView):
    """Whether this worker serves every live version."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []

    @extend_schema(
        operation_id="health_ready",
        tags=["health"],
        auth=[],
        responses={
            200: OpenApiResponse(OpenApiTypes.OBJECT, description="`ready`, or `degraded`: database away."),
            503: OpenApiResponse(OpenApiTypes.OBJECT, description="A live version is not loaded."),
        },
    )
    def get(self, request: Request) -> Response:
        """Compare what is loaded with what should be; the scheduler is told of, and never decides."""
        snapshot = serving.current()
        problems = _problems(snapshot)
        degraded = snapshot.database_away
        status = "unready" if problems else "degraded" if degraded else "ready"
        body = {
            "status": status,
            "models": {
                m.name: m.version.label if m.version else None for m in snapshot.models.values() if m.public
            },
            "problems": problems,
            "database": "away" if degraded else "up",
            **(WITHOUT_DATABASE if degraded else _told_by_the_database(snapshot)),
        }
        return Response(body, status=503 if problems else 200)


def _problems(snapshot: serving.Snapshot) -> dict[str, str]:
    """Why this worker does not serve what is live; private models are not named to everybody."""
    private = [name for name in snapshot.problems if not snapshot.models[name].public]
    problems = {name: why for name, why in snapshot.problems.items() if name not in private}
    if private:
        problems["private models"] = f"{len(private)} not loaded: see the log"
    if not snapshot.known:
        problems["follower"] = "has not read the ledger yet"
    elif snapshot.age > STALE_SECONDS:
        problems["follower"] = f"has not looked at the ledger for {snapshot.age:.0f} s"
    return problems


def _told_by_the_database(snapshot: serving.Snapshot) -> dict[str, Any]:
    """Workers, scheduler, flips that nobody looked at: information, which never makes this one unready."""
    try:
        alive = list(Worker.objects.alive())
        workers = {
            m.name: ServedBy.among(alive, m.name, m.version.label).sentence
            for m in snapshot.models.values()
            if m.public and m.version
        }
        return {"workers": workers, "scheduler": scheduler_state().as_dict(), "unwatched": _unwatched()}
    except Error:
        return WITHOUT_DATABASE


def _unwatched() -> dict[str, str]:
    """Of public models: the live version at which nobody looked in time, and what to do."""
    told = Watch.objects.to_tell(timezone.now()).filter(promotion__registered_model__public=True)
    return {watch.promotion.registered_model.name: watch.warning for watch in told}
