"""`/api/runs`: the audit, newest first, and requests for runs; `/api/watches` and `/api/promotions`."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.access import model_for
from predictions.api.api_errors import UnknownName
from predictions.api.lists import Listed, OfModel, OneOf, Visible, documented
from predictions.api.openapi import extend_schema
from predictions.api.views.registry import Promotions
from predictions.contract.fields import FieldError, InvalidInput
from predictions.models import ModelVersion, RegisteredModel
from predictions.paths import path_of
from scheduling.models import Run, Watch
from scheduling.models.schedule import TaskName
from scheduling.runs.retraining_parameters import retraining_parameters
from scheduling.runs.transitions import REQUESTABLE
from scheduling.views.serializers.runs import RunRequestSerializer, RunSerializer
from scheduling.views.serializers.watches import WatchedPromotionSerializer, WatchSerializer

KEY = "Idempotency-Key"
KEY_LENGTH = 100
KEY_PARAMETER = OpenApiParameter(
    KEY, str, OpenApiParameter.HEADER, description="A request with the same key returns the same run."
)


class VisibleRuns(Visible):
    """The base of all views of runs."""

    queryset = Run.objects.all()
    related: ClassVar[tuple[str, ...]] = (
        "registered_model", "candidate__signature", "champion__signature", "promotion",
    )  # fmt: skip


@documented("runs", "run", tag="runs")
class Runs(VisibleRuns, Listed):
    """List the runs, newest first."""

    serializer_class = RunSerializer
    filters: ClassVar[Any] = {
        "model": OfModel(),
        "task": OneOf(column="task", values=TaskName.values),
        "status": OneOf(column="status", values=Run.Status.values),
        "decision": OneOf(column="decision", values=Run.Decision.values),
        "trigger": OneOf(column="trigger", values=Run.Trigger.values),
    }

    @extend_schema(
        operation_id="request_run", tags=["runs"], parameters=[KEY_PARAMETER], request=RunRequestSerializer,
        responses={
            202: OpenApiResponse(RunSerializer, description="The run is queued. `Location` is its path."),
            404: OpenApiResponse(description="The model or version does not exist: `errors` names which."),
            409: OpenApiResponse(description="The key belongs to a different request."),
        },
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Queue a run and answer at once. The scheduler executes it."""
        asked = RunRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        task = asked.validated_data["task"]
        model, parameters = _named(request, **asked.validated_data)
        run = Run.objects.enqueue(
            task=task, registered_model=model, trigger=Run.Trigger.API, parameters=parameters,
            requested_by=request.user.get_username(), idempotency_key=key_of(request),
        )  # fmt: skip
        location = {"Location": path_of("run", pk=run.pk)}
        return Response(RunSerializer(run).data, status=status.HTTP_202_ACCEPTED, headers=location)


def _named(
    request: Request, *, task: str, model: str, version: str | None = None, **asked: Any
) -> tuple[RegisteredModel, dict[str, Any]]:
    """Return the model and the run's parameters. Raises `UnknownName` or `PermissionDenied`."""
    registered_model = model_for(request.user, model, REQUESTABLE[TaskName(task)])
    if version is None:
        return registered_model, retraining_parameters(**asked)
    if not ModelVersion.objects.of(registered_model).labelled(version).exists():
        raise UnknownName("version", f"{model} has no version {version}.")
    return registered_model, {"version": version}


def key_of(request: Request) -> str:
    """Return the idempotency key of a request. Raises `InvalidInput`."""
    key = request.headers.get(KEY, "")
    if len(key) > KEY_LENGTH or not key.isprintable():
        message = f"Input should have at most {KEY_LENGTH} characters, all printable"
        raise InvalidInput([FieldError(field=KEY, message=message)])
    return key


@documented("watches", "watch", tag="runs")
class Watches(Listed):
    """What was watched after each promotion, newest first."""

    queryset = Watch.objects.all()
    serializer_class = WatchSerializer
    of_model = "promotion__registered_model"
    related = (of_model, "promotion__version__signature", "roll_back")
    filters: ClassVar[Any] = {
        "model": OfModel(column=of_model), "status": OneOf(column="status", values=Watch.Status.values)
    }  # fmt: skip


class WatchedPromotions(Promotions):
    """The registry's list, with the watch of each promotion: the registry does not know watches."""

    serializer_class = WatchedPromotionSerializer
    related = (*Promotions.related, "watch")
