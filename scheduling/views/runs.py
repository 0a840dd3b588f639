"""`/api/runs`: the audit, newest first; POST asks for a run, and cancels one."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.api_errors import UnknownName
from predictions.api.filters import Filtered, OfModel, OneOf
from predictions.contract.field_errors import FieldError, InvalidInput
from predictions.models import ModelVersion, RegisteredModel
from scheduling.models import Run
from scheduling.models.schedule import TaskName
from scheduling.runs.requests import REQUESTABLE, cancel_run
from scheduling.views.serializers import RunDetailSerializer, RunRequestSerializer, RunSerializer

KEY = "Idempotency-Key"
KEY_LENGTH = 100


class VisibleRuns(generics.GenericAPIView[Run]):
    """The runs of the models this caller may see."""

    queryset = Run.objects.all()

    def get_queryset(self) -> QuerySet[Run]:
        """With everything a row shows, in one query."""
        hidden = RegisteredModel.objects.hidden_from(self.request.user)
        return Run.objects.exclude(registered_model__in=hidden).select_related(
            "registered_model", "candidate__signature", "champion__signature", "promotion"
        )


class RunList(Filtered, VisibleRuns, generics.ListAPIView[Run]):
    """The runs."""

    serializer_class = RunSerializer
    filters: ClassVar[Any] = {
        "model": OfModel(),
        "task": OneOf(column="task", values=TaskName.values),
        "status": OneOf(column="status", values=Run.Status.values),
        "decision": OneOf(column="decision", values=Run.Decision.values),
        "trigger": OneOf(column="trigger", values=Run.Trigger.values),
    }

    @extend_schema(operation_id="list_runs", tags=["runs"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the runs, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="request_run",
        tags=["runs"],
        parameters=[
            OpenApiParameter(KEY, str, OpenApiParameter.HEADER, description="Repeat it: the same run.")
        ],
        request=RunRequestSerializer,
        responses={
            202: OpenApiResponse(RunSerializer, description="Queued. `Location` is the run."),
            404: OpenApiResponse(description="No such model or version: `errors` names which."),
            409: OpenApiResponse(description="The key asked for something else before."),
        },
    )
    def post(self, request: Request) -> Response:
        """Queue a run and answer at once; the scheduler does it."""
        asked = RunRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        task = asked.validated_data["task"]
        if not request.user.has_perm(REQUESTABLE[task]):
            raise PermissionDenied
        model, parameters = _named(request, **asked.validated_data)
        run = Run.objects.enqueue(
            task=task,
            registered_model=model,
            trigger=Run.Trigger.API,
            requested_by=request.user.get_username(),
            parameters=parameters,
            idempotency_key=_key_of(request),
        )
        location = reverse("run", args=[run.pk])
        return Response(
            RunSerializer(run).data, status=status.HTTP_202_ACCEPTED, headers={"Location": location}
        )


def _named(
    request: Request, *, task: str, model: str, version: str | None = None
) -> tuple[RegisteredModel, dict[str, Any]]:
    """Return what the names of a request stand for. Raises `UnknownName`."""
    registered_model = RegisteredModel.objects.visible_to(request.user).filter(name=model).first()
    if registered_model is None:
        raise UnknownName("model", f"There is no model {model}.")
    if version is None:
        return registered_model, {}
    if not ModelVersion.objects.of(registered_model).labelled(version).exists():
        raise UnknownName("version", f"{model} has no version {version}.")
    return registered_model, {"version": version}


def _key_of(request: Request) -> str:
    key = request.headers.get(KEY, "")
    if len(key) > KEY_LENGTH or not key.isprintable():
        message = f"At most {KEY_LENGTH} printable characters"
        raise InvalidInput([FieldError(field=KEY, message=message)])
    return key


class RunDetail(VisibleRuns, generics.RetrieveAPIView[Run]):
    """One run."""

    serializer_class = RunDetailSerializer

    def get_queryset(self) -> QuerySet[Run]:
        """With the outcomes, and the answer where a person was asked."""
        runs = super().get_queryset().select_related("approval_request__answer")
        return runs.prefetch_related("results")

    @extend_schema(operation_id="get_run", tags=["runs"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show one run with its outcomes so far."""
        return super().get(request, *args, **kwargs)


class RunCancel(VisibleRuns):
    """Calling one run off."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="cancel_run",
        tags=["runs"],
        request=None,
        responses={200: RunSerializer, 409: OpenApiResponse(description="It has ended.")},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Cancel a run; what it started is stopped within seconds."""
        if not request.user.has_perm("scheduling.cancel_run"):
            raise PermissionDenied
        run = self.get_object()
        cancel_run(run, by=request.user.get_username())
        run.refresh_from_db()
        return Response(RunSerializer(run).data)
