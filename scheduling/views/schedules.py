"""`/api/schedules`: when each task runs, changed as in the admin's form; `/api/scheduler`: is one alive."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from predictions import database
from predictions.api.access import require
from predictions.api.defaults import ApiView
from predictions.api.lists import Listed, documented
from predictions.api.openapi import extend_schema
from predictions.api.strict import Moment, RowSerializer, StrictSerializer, Text, Truth, Whole
from predictions.models.people.access import May
from scheduling.engine.scheduler_state import next_times, scheduler_state
from scheduling.models import Schedule
from scheduling.models.schedule_fields import HELP, LEAST_LOOKS, MAXIMUM_SECONDS, MINIMUM_SECONDS, OF_TRIGGERS

MOST_ROWS = 2_000_000_000  # PostgreSQL's integers end a little later
State: Any = inline_serializer(
    "SchedulerState",
    {
        "running": serializers.BooleanField(),
        "leader": serializers.CharField(),
        "last_seen": Moment(allow_null=True),
        "last_seen_seconds": serializers.FloatField(allow_null=True),
        "next_run_seconds": serializers.FloatField(allow_null=True),
        "queued": serializers.IntegerField(),
    },
)


class ScheduleSerializer(RowSerializer[Schedule]):
    """When a task runs: as values, in words, and as the next times."""

    model = serializers.CharField(source="registered_model.name")
    in_words = serializers.CharField()
    next_times = serializers.SerializerMethodField(
        help_text="Empty while the schedule is disabled, and where it fires by what a look finds."
    )
    looked_at = Moment(
        source="look.looked_at",
        default=None,
        allow_null=True,
        help_text="Of new_rows and drift: when it looked last.",
    )
    found = serializers.CharField(
        source="look.found",
        default=None,
        allow_null=True,
        help_text="What was found then: 320 new rows of 500; …",
    )

    class Meta:
        model = Schedule
        fields = [
            "id", "name", "task", "model", "enabled", "trigger", "every_seconds", "cron", "new_rows",
            "at_most_every_seconds", "after_interruption", "in_words", "next_times", "looked_at", "found",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=Moment()))
    def get_next_times(self, schedule: Schedule) -> list[Any]:
        times = next_times(schedule, now=timezone.now(), count=3)
        return [Moment().to_representation(at) for at in times]


class ScheduleChangeSerializer(StrictSerializer):
    """The fields of a schedule to change. The others keep their values."""

    enabled = Truth(required=False)
    trigger = serializers.ChoiceField(
        choices=Schedule.Trigger.choices, required=False, help_text=HELP["trigger"]
    )
    every_seconds = Whole(
        min_value=MINIMUM_SECONDS, max_value=MAXIMUM_SECONDS, required=False, help_text=HELP["every_seconds"]
    )
    cron = Text(
        max_length=100,
        required=False,
        help_text="Five fields, in the time zone that in_words names: 0 3 * * mon-fri",
    )
    new_rows = Whole(min_value=1, max_value=MOST_ROWS, required=False, help_text=HELP["new_rows"])
    at_most_every_seconds = Whole(
        min_value=LEAST_LOOKS, max_value=MAXIMUM_SECONDS, required=False,
        help_text=HELP["at_most_every_seconds"],
    )  # fmt: skip
    after_interruption = serializers.ChoiceField(choices=Schedule.AfterInterruption.choices, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError(f"Input should have at least one of: {', '.join(self.fields)}")
        return attrs


@documented("schedules", "schedule", tag="runs")
class Schedules(Listed):
    """When each task runs."""

    queryset = Schedule.objects.with_job()
    related = ("registered_model", "look")
    serializer_class = ScheduleSerializer

    @extend_schema(
        operation_id="change_schedule", tags=["runs"],
        request=ScheduleChangeSerializer, responses={200: ScheduleSerializer},
    )  # fmt: skip
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a schedule. A running scheduler applies the change at once."""
        schedule = self.get_object()
        require(request.user, May.CHANGE_POLICY, schedule.registered_model)
        asked = ScheduleChangeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        change(schedule, by=request.user, **asked.validated_data)
        return Response(self.get_serializer(self.get_object()).data)


def change(schedule: Schedule, *, by: Any, **columns: Any) -> None:
    """Save what a `ScheduleChangeSerializer` accepted, with who did it. Raises DRF's `ValidationError`."""
    with database.atomic():
        row = Schedule.objects.select_for_update(no_key=True).get(pk=schedule.pk)
        trigger = columns.get("trigger", row.trigger)
        if unused := [name for name in columns if trigger not in OF_TRIGGERS.get(name, (trigger,))]:
            message = f"Input should be absent, because the trigger is {trigger}"
            raise serializers.ValidationError(dict.fromkeys(unused, message))
        changed = {name: value for name, value in columns.items() if getattr(row, name) != value}
        for name, value in changed.items():
            setattr(row, name, value)
        try:
            row.full_clean()
        except ValidationError as error:
            raise serializers.ValidationError(error.message_dict) from None
        if changed:
            row._history_user = by  # type: ignore[attr-defined]
            row.save(update_fields={*changed, *OF_TRIGGERS})


class Scheduler(ApiView):
    """The state of the scheduler."""

    @extend_schema(operation_id="get_scheduler", tags=["runs"], responses=State)
    def get(self, request: Request) -> Response:
        """Report whether a scheduler is running, when it was last seen, and when it starts the next run."""
        return Response(vars(scheduler_state()))
