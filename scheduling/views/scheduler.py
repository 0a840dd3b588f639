"""`/api/scheduler`: whether one is alive."""

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from scheduling.engine.scheduler_state import scheduler_state

State: Any = inline_serializer(
    "SchedulerState",
    {
        "running": serializers.BooleanField(),
        "leader": serializers.CharField(),
        "last_seen": serializers.DateTimeField(allow_null=True),
        "last_seen_seconds": serializers.FloatField(allow_null=True),
        "next_run_seconds": serializers.FloatField(allow_null=True),
        "queued": serializers.IntegerField(),
    },
)


class Scheduler(APIView):
    """The state of the scheduler."""

    @extend_schema(operation_id="get_scheduler", tags=["runs"], responses=State)
    def get(self, request: Request) -> Response:
        """Say who leads, when it was last seen, and when it acts next."""
        return Response(scheduler_state().as_dict())
