"""`GET /api/runs/{id}/simulation`: which gate policy the model's past speaks for, by a run of `simulate`."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.openapi import extend_schema
from scheduling.models import Run
from scheduling.simulation.report.schema import ReportUnreadable, as_stored, from_stored
from scheduling.views.runs import VisibleRuns


class SimulationSerializer(serializers.Serializer[Any]):
    """The report, as `manage.py simulate_policies --json` prints it."""

    model = serializers.CharField()
    metric = serializers.CharField(help_text="All losses are in its units.")
    greater_is_better = serializers.BooleanField()
    candidates = serializers.CharField(help_text="`recipe` or `versions`.")
    periods = serializers.ListField(child=serializers.DictField())
    left_out = serializers.ListField(child=serializers.CharField(), help_text="Sets that are no period.")
    hindsight = serializers.IntegerField(help_text="Decisions that a later period judges.")
    level = serializers.FloatField(help_text="Of the intervals of `behind`.")
    policies = serializers.ListField(child=serializers.DictField())
    advice = serializers.DictField()


class RunSimulation(VisibleRuns):
    """The report of one run."""

    queryset = Run.objects.all()
    related = (*VisibleRuns.related, "simulation")

    @extend_schema(operation_id="get_simulation", tags=["runs"], responses=SimulationSerializer)
    def report(self, request: Request, pk: int) -> Response:
        """Show what each policy would have decided and lost, and which one is recommended."""
        kept = getattr(self.get_object(), "simulation", None)
        if kept is None:
            raise NotFound("This run has no simulation.")
        try:
            return Response(as_stored(from_stored(kept.report)))
        except ReportUnreadable as error:
            raise NotFound(f"The report of this run cannot be read: {error}.") from None
