"""Schedules: a form that explains itself; edits take effect while the scheduler runs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html_join

from predictions.admin.base import NoQuestions, confirmed
from predictions.admin.history import WithHistory
from scheduling.engine.scheduler_state import next_times
from scheduling.models import Run, Schedule
from scheduling.timing.triggers import UNITS

SECONDS = {unit: size for size, unit in UNITS}


class ScheduleForm(forms.ModelForm):
    """An interval is a number and a unit; a cron line is in UTC."""

    every_seconds = forms.IntegerField(required=False, min_value=1, label="Every")
    unit = forms.ChoiceField(choices=[(unit, unit) for _, unit in reversed(UNITS)], required=False)

    class Meta:
        model = Schedule
        fields = (
            "name", "task", "registered_model", "trigger", "every_seconds", "cron", "enabled",
            "after_interruption",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if seconds := self.instance.every_seconds:
            size, unit = next(u for u in UNITS if seconds % u[0] == 0)
            self.initial.update(every_seconds=seconds // size, unit=unit)

    def clean(self) -> dict[str, Any]:
        """Put number and unit together; the model refuses what is too often or never."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("every_seconds"):
            cleaned["every_seconds"] *= SECONDS[cleaned.get("unit") or "seconds"]
        return cleaned


@admin.register(Schedule)
class ScheduleAdmin(WithHistory):
    """When each task runs, in words and in times."""

    form = ScheduleForm
    list_display = ("name", "task", "registered_model", "in_words", "next_time", "enabled")
    list_select_related = ("registered_model",)
    list_editable = ("enabled",)
    list_filter = ("registered_model", "task", "enabled")
    fieldsets = (
        (None, {"fields": ("name", "task", "registered_model", "enabled", "after_interruption")}),
        ("When (UTC)", {"fields": ("trigger", ("every_seconds", "unit"), "cron", "in_words", "next_three")}),
    )
    readonly_fields = ("in_words", "next_three")
    actions = ["run_now"]

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """The list edits one tick, not the times."""
        return forms.ModelForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[Schedule]:
        """With when each is due next."""
        return super().get_queryset(request).with_job()  # type: ignore[attr-defined]

    @admin.display(description="in words")
    def in_words(self, schedule: Schedule) -> str:
        """What the trigger means."""
        return schedule.in_words if _is_whole(schedule) else "shown when it is saved"

    @admin.display(description="next time")
    def next_time(self, schedule: Schedule) -> Any:
        """The first of the next times."""
        times = next_times(schedule, now=timezone.now(), count=1)
        return f"{times[0]:%Y-%m-%d %H:%M:%S}" if times else "–"

    @admin.display(description="next three times")
    def next_three(self, schedule: Schedule) -> Any:
        """So that nobody has to work them out."""
        times = next_times(schedule, now=timezone.now(), count=3) if _is_whole(schedule) else []
        return format_html_join(", ", "{}", ((f"{at:%Y-%m-%d %H:%M:%S}",) for at in times)) or "–"

    def has_run_now_permission(self, request: HttpRequest) -> bool:
        """Its own permission."""
        return request.user.has_perm("scheduling.request_run")

    @admin.action(description="Run now…", permissions=["run_now"])
    def run_now(self, request: HttpRequest, queryset: QuerySet[Schedule]) -> HttpResponse | None:
        """Queue what the schedule would; the scheduler does it, never the web process."""

        def act(schedule: Schedule, form: NoQuestions) -> str:
            run = Run.objects.enqueue(
                task=schedule.task,
                registered_model=schedule.registered_model,
                trigger=Run.Trigger.MANUAL,
                requested_by=request.user.get_username(),
            )
            return f"Run {run.pk} is queued; it starts as soon as the scheduler is free."

        return confirmed(
            self, request, queryset, action="run_now", title="Run now", form_class=NoQuestions, act=act,
            warning="It is queued once, beside the schedule's own times.",
        )  # fmt: skip


def _is_whole(schedule: Schedule) -> bool:
    """Whether its times can be told: a form that is refused leaves what was typed in its row."""
    try:
        schedule.clean()
    except ValidationError:
        return False
    return schedule.pk is not None
