"""`/api/schedules`: when each task runs; PATCH changes it as the admin's form would."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.strict import StrictSerializer, Text, Truth, Whole
from predictions.models import RegisteredModel
from scheduling.engine.scheduler_state import next_times
from scheduling.models import Schedule
from scheduling.models.schedule import MAXIMUM_SECONDS, MINIMUM_SECONDS

NEXT_TIMES = 3
OF_TRIGGER = {"every_seconds": Schedule.Trigger.INTERVAL, "cron": Schedule.Trigger.CRON}


class ScheduleSerializer(serializers.ModelSerializer[Schedule]):
    """When a task runs, in values, in words and in times."""

    model = serializers.CharField(source="registered_model.name")
    in_words = serializers.CharField()
    next_times = serializers.SerializerMethodField(help_text="None while it is disabled.")

    class Meta:
        model = Schedule
        fields = [
            "id", "name", "task", "model", "enabled", "trigger", "every_seconds", "cron",
            "after_interruption", "in_words", "next_times",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.DateTimeField()))
    def get_next_times(self, schedule: Schedule) -> list[Any]:
        """The next three."""
        times = next_times(schedule, now=timezone.now(), count=NEXT_TIMES)
        return [serializers.DateTimeField().to_representation(at) for at in times]


class ScheduleChangeSerializer(StrictSerializer):
    """What may be changed of a schedule; what is left out stays."""

    enabled = Truth(required=False)
    trigger = serializers.ChoiceField(choices=Schedule.Trigger.choices, required=False)
    every_seconds = Whole(
        min_value=MINIMUM_SECONDS, max_value=MAXIMUM_SECONDS, required=False, help_text="Of an interval."
    )
    cron = Text(
        max_length=100, required=False, help_text="Five fields, in UTC; weekdays by name: 0 3 * * mon-fri"
    )
    after_interruption = serializers.ChoiceField(choices=Schedule.AfterInterruption.choices, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Something has to change."""
        if not attrs:
            raise serializers.ValidationError(f"Name at least one of: {', '.join(self.fields)}")
        return attrs


class VisibleSchedules(generics.GenericAPIView[Schedule]):
    """The schedules of the models this caller may see."""

    queryset = Schedule.objects.all()
    serializer_class = ScheduleSerializer

    def get_queryset(self) -> QuerySet[Schedule]:
        """With everything a row shows, in one query."""
        hidden = RegisteredModel.objects.hidden_from(self.request.user)
        rows = Schedule.objects.exclude(registered_model__in=hidden)
        return rows.select_related("registered_model").with_job()


@extend_schema_view(get=extend_schema(operation_id="list_schedules", tags=["runs"]))
class ScheduleList(VisibleSchedules, generics.ListAPIView[Schedule]):
    """The schedules."""


@extend_schema_view(get=extend_schema(operation_id="get_schedule", tags=["runs"]))
class ScheduleDetail(VisibleSchedules, generics.RetrieveAPIView[Schedule]):
    """One schedule."""

    @extend_schema(
        operation_id="change_schedule",
        tags=["runs"],
        request=ScheduleChangeSerializer,
        responses={200: ScheduleSerializer},
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is named; a running scheduler takes it up at once."""
        schedule = self.get_object()
        if not request.user.has_perm("scheduling.change_schedule"):
            raise PermissionDenied
        asked = ScheduleChangeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        change(schedule, by=request.user, **asked.validated_data)
        return Response(self.get_serializer(self.get_object()).data)


def change(schedule: Schedule, *, by: Any, **columns: Any) -> None:
    """Write what a `ScheduleChangeSerializer` accepted, with who did it. Raises DRF's `ValidationError`."""
    with transaction.atomic():
        row = Schedule.objects.select_for_update(no_key=True).get(pk=schedule.pk)
        trigger = columns.get("trigger", row.trigger)
        if strange := [name for name in columns if OF_TRIGGER.get(name, trigger) != trigger]:
            raise serializers.ValidationError(dict.fromkeys(strange, f"The trigger is {trigger}"))
        changed = {name: value for name, value in columns.items() if getattr(row, name) != value}
        for name, value in changed.items():
            setattr(row, name, value)
        try:
            row.full_clean()
        except ValidationError as error:
            raise serializers.ValidationError(error.message_dict) from None
        if changed:
            row._history_user = by  # type: ignore[attr-defined]
            row.save(update_fields={*changed, *OF_TRIGGER})
