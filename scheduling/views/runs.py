"""`/api/runs`: the audit, newest first, each run with its outcomes."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics

from predictions.models import RegisteredModel
from scheduling.models import Run
from scheduling.serializers import RunDetailSerializer, RunSerializer


class VisibleRuns(generics.GenericAPIView[Run]):
    """The runs of the models this caller may see."""

    queryset = Run.objects.all()

    def get_queryset(self) -> QuerySet[Run]:
        """With everything a row shows, in one query."""
        visible = RegisteredModel.objects.visible_to(self.request.user)
        return Run.objects.filter(registered_model__in=visible).select_related(
            "registered_model", "candidate__signature", "champion__signature", "promotion"
        )


@extend_schema_view(get=extend_schema(operation_id="list_runs", tags=["runs"]))
class RunList(VisibleRuns, generics.ListAPIView[Run]):
    """The runs."""

    serializer_class = RunSerializer


@extend_schema_view(get=extend_schema(operation_id="get_run", tags=["runs"]))
class RunDetail(VisibleRuns, generics.RetrieveAPIView[Run]):
    """One run."""

    serializer_class = RunDetailSerializer

    def get_queryset(self) -> QuerySet[Run]:
        """With the outcomes."""
        return super().get_queryset().prefetch_related("results")
