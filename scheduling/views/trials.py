"""`GET /api/runs/{id}/trials`: what the search of a run tried, so far."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.openapi import extend_schema
from predictions.api.strict import RowSerializer
from scheduling.evidence_page.page import may_read_values
from scheduling.models import Run, Trial
from scheduling.statistics.metrics.table import METRICS
from scheduling.views.runs import VisibleRuns


class TrialSerializer(RowSerializer[Trial]):
    """One trial. Its mean is null where a fold failed."""

    message = serializers.SerializerMethodField(
        help_text="The library's own words; null without the permission `predictions.view_prediction`."
    )
    scores = serializers.ListField(child=serializers.FloatField(), help_text="Of each fold, in order.")
    parameters = serializers.DictField()

    class Meta:
        model = Trial
        fields = ["number", "parameters", "share", "scores", "mean", "state", "seconds", "error", "message"]

    def get_message(self, trial: Trial) -> str | None:
        return trial.message if self.context["in_full"] else None


class SearchSerializer(serializers.Serializer[Any]):
    """The trials of a search, and which is the best; none while all have failed."""

    metric = serializers.CharField()
    greater_is_better = serializers.BooleanField()
    best = serializers.IntegerField(allow_null=True, help_text="The number of the best trial so far.")
    trials = TrialSerializer(many=True)


class RunTrials(VisibleRuns):
    """The trials of one run."""

    queryset = Run.objects.all()

    @extend_schema(operation_id="get_trials", tags=["runs"], responses=SearchSerializer)
    def trials(self, request: Request, pk: int) -> Response:
        """Show what the search of this run tried, with the scores of each fold."""
        run = self.get_object()
        trials, best = run.trials.all(), run.trials.best()
        if not trials:
            raise NotFound("This run has no trials: it searched no parameters, or has not begun to.")
        metric = METRICS[trials[0].metric]
        found = {
            "metric": metric.name, "greater_is_better": metric.greater_is_better,
            "best": best and best.number, "trials": trials,
        }  # fmt: skip
        context = {"in_full": may_read_values(request.user, run)}
        return Response(SearchSerializer(found, context=context).data)
