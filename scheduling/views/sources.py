"""`/api/models/{name}/sources`: where a model's rows come from, read and set, and tried by a run."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.access import model_for, require
from predictions.api.defaults import ApiViewSet
from predictions.api.openapi import extend_schema
from predictions.api.strict import Moment, RowSerializer, StrictSerializer, Text, Whole
from predictions.models import RegisteredModel
from predictions.models.people.access import May
from predictions.paths import path_of
from scheduling.models import DataSource, Run
from scheduling.models.schedule import TaskName
from scheduling.models.setup.data_source import HELP, MOST_DAYS, NEEDED
from scheduling.views.replacing import put, refuse_other_kinds
from scheduling.views.runs import VisibleRuns
from scheduling.views.serializers.runs import RunSerializer

SETTINGS = (
    "kind", "database", "query", "function", "root", "pattern", "window_days", "label_delay_days",
    "time_column", "hold_out", "hold_out_share", "group_column", "seed", "minimum_rows",
)  # fmt: skip


class DataSourceSerializer(RowSerializer[DataSource]):
    """Where the rows of one role come from. What another kind would need is empty."""

    class Meta:
        model = DataSource
        fields = ["role", *SETTINGS]
        read_only_fields = fields


def _name(field: str, length: int = 64) -> Text:
    return Text(max_length=length, required=False, help_text=HELP[field])


class Share(serializers.FloatField):
    """A JSON number, neither "0.2" nor "nan"."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int | float):
            raise serializers.ValidationError("Input should be a valid number")
        return super().to_internal_value(data)


class DataSourceBodySerializer(StrictSerializer):
    """The whole source: what is not given has its default."""

    kind = serializers.ChoiceField(choices=DataSource.Kind.choices, help_text=HELP["kind"])
    database, function = _name("database"), _name("function")
    root = _name("root")  # type: ignore[assignment]
    query, pattern = _name("query", 20_000), _name("pattern", 300)
    window_days = Whole(
        min_value=1, max_value=MOST_DAYS, required=False, allow_null=True, help_text=HELP["window_days"]
    )
    label_delay_days = Whole(
        min_value=0, max_value=MOST_DAYS, required=False, help_text=HELP["label_delay_days"]
    )
    time_column, group_column = _name("time_column", 100), _name("group_column", 100)
    hold_out = serializers.ChoiceField(
        choices=DataSource.HoldOut.choices, required=False, help_text=HELP["hold_out"]
    )
    hold_out_share = Share(min_value=0.05, max_value=0.5, required=False, help_text=HELP["hold_out_share"])
    seed = Whole(min_value=0, max_value=2**31 - 1, required=False, help_text=HELP["seed"])
    minimum_rows = Whole(min_value=2, max_value=2**31 - 1, required=False, help_text=HELP["minimum_rows"])

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return refuse_other_kinds(attrs, {kind: {*names} for kind, names in NEEDED.items()})


class OfModel(ApiViewSet):
    """The sources of the model in the path, for those who may see what is read from where."""

    permission_classes = [IsAuthenticated]
    serializer_class = DataSourceSerializer
    queryset = DataSource.objects.all()

    def model(self, *more: May) -> RegisteredModel:
        """Raises `UnknownName`, or `PermissionDenied` where the caller lacks one of the permissions."""
        model = model_for(self.request.user, self.kwargs["name"], May.CHANGE_POLICY)
        for permission in more:
            require(self.request.user, permission, model)
        return model

    def role(self) -> str:
        if self.kwargs["role"] not in DataSource.Role.values:
            raise Http404
        return str(self.kwargs["role"])


class Sources(OfModel):
    """The list, one source, and its settings."""

    @extend_schema(operation_id="list_sources", tags=["registry"], responses=DataSourceSerializer(many=True))
    def list(self, request: Request, name: str) -> Response:
        """Show the sources of a model. A role without one uses the newest file that was sent."""
        return Response(DataSourceSerializer(self.model().sources.all(), many=True).data)

    @extend_schema(operation_id="get_source", tags=["registry"], responses=DataSourceSerializer)
    def retrieve(self, request: Request, name: str, role: str) -> Response:
        """Show one source."""
        return Response(DataSourceSerializer(get_object_or_404(self.model().sources, role=self.role())).data)

    @extend_schema(
        operation_id="set_source", tags=["registry"],
        request=DataSourceBodySerializer, responses={200: DataSourceSerializer},
    )  # fmt: skip
    def update(self, request: Request, name: str, role: str) -> Response:
        """Set a source, as the admin's form does. The next retraining reads from it."""
        model, role = self.model(), self.role()
        asked = DataSourceBodySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        source = DataSource(registered_model=model, role=role, **asked.validated_data)
        known = DataSource.objects.filter(registered_model=model, role=role)
        return Response(DataSourceSerializer(put(source, known, by=request.user)).data)


class SourceTrials(OfModel):
    """A request to try a source."""

    @extend_schema(
        operation_id="try_source", tags=["registry"], request=None,
        responses={202: OpenApiResponse(RunSerializer, description="Queued. `Location` is its path.")},
    )  # fmt: skip
    def create(self, request: Request, name: str, role: str) -> Response:
        """Queue a run that reads 20 rows and counts, without storing them as a dataset."""
        model = self.model(May.REQUEST_RUN)
        source = get_object_or_404(model.sources, role=self.role())
        run = Run.objects.enqueue(
            task=TaskName.TRY_SOURCE, registered_model=model, trigger=Run.Trigger.API,
            parameters={"role": source.role}, requested_by=request.user.get_username(),
        )  # fmt: skip
        location = {"Location": path_of("run", pk=run.pk)}
        return Response(RunSerializer(run).data, status=status.HTTP_202_ACCEPTED, headers=location)


class SourceTrialSerializer(serializers.Serializer[Any]):
    """What a trial found. Values of redacted features are left out."""

    role = serializers.CharField()
    since = Moment()
    until = Moment()
    count = serializers.IntegerField(help_text="Rows, as far as they were counted.")
    more = serializers.BooleanField(help_text="Whether there are more rows.")
    columns = serializers.ListField(child=serializers.DictField(), help_text="Name, kind and gaps of each.")
    problems = serializers.ListField(child=serializers.CharField(), help_text="What the model lacks.")
    rows = serializers.ListField(child=serializers.DictField(), help_text="The first 20.")


class RunRows(VisibleRuns):
    """The rows of one trial, for those who may read values."""

    permission_classes = [IsAuthenticated]
    queryset = Run.objects.all()
    related = (*VisibleRuns.related, "source_trial")

    @extend_schema(operation_id="get_source_rows", tags=["runs"], responses=SourceTrialSerializer)
    def rows(self, request: Request, pk: int) -> Response:
        """Show what a run of the task `try_source` read. It needs `predictions.view_prediction`."""
        run = self.get_object()
        require(request.user, May.READ_LOG, run.registered_model)
        trial = getattr(run, "source_trial", None)
        if trial is None:
            raise NotFound("This run has tried no source.")
        return Response(SourceTrialSerializer(trial.result | {"role": trial.role}).data)
