"""Schedules, whose edits take effect while the scheduler runs, and the scheduler's stored jobs, read-only."""

from importlib import import_module
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from predictions.admin.base import ReadOnlyMixin, column, page_of
from predictions.admin.editing import WithHistory, confirmed
from predictions.admin.of_model import ModelFilter, OfModel
from predictions.models import RegisteredModel
from predictions.models.people.access import May
from predictions.zone import to_second
from scheduling.admin.applies import SCRIPT, apply_only
from scheduling.engine.scheduler_state import next_times
from scheduling.models import Run, Schedule
from scheduling.models.schedule_fields import HELP, MAXIMUM_SECONDS, OF_TRIGGERS
from scheduling.timing.triggers import UNITS

SECONDS = {unit: size for size, unit in UNITS}
CHOICES = [(unit, unit) for _, unit in reversed(UNITS)]
UNIT_OF = {"every_seconds": "unit", "at_most_every_seconds": "rest_unit"}
APPLIES = {name: f"trigger: {' '.join(triggers)}" for name, triggers in OF_TRIGGERS.items()}
APPLIES |= {unit: APPLIES[name] for name, unit in UNIT_OF.items()}
# Not imported: only `scheduling.engine.job_store` may.
import_module("django_apscheduler.admin")  # it may come later in INSTALLED_APPS, and registers the two
StoredJob: Any = apps.get_model("django_apscheduler", "DjangoJob")
admin.site.unregister([StoredJob, apps.get_model("django_apscheduler", "DjangoJobExecution")])


class ScheduleForm(forms.ModelForm):
    """An interval, and a rest, are a number and a unit. A cron line is in the project's time zone."""

    every_seconds = forms.IntegerField(
        required=False, min_value=1, label="Interval", help_text=HELP["every_seconds"]
    )
    unit = forms.ChoiceField(choices=CHOICES, required=False)
    at_most_every_seconds = forms.IntegerField(
        required=False, min_value=1, label="At most one run in", help_text=HELP["at_most_every_seconds"]
    )
    rest_unit = forms.ChoiceField(choices=CHOICES, required=False, initial="days")

    class Meta:
        model = Schedule
        fields = (
            "name", "task", "registered_model", "trigger", "every_seconds", "cron", "new_rows",
            "at_most_every_seconds", "enabled",
            "after_interruption",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        apply_only(self, APPLIES)
        for name, unit_name in UNIT_OF.items():
            if seconds := getattr(self.instance, name):
                size, unit = next(u for u in UNITS if seconds % u[0] == 0)
                self.initial.update({name: seconds // size, unit_name: unit})

    def add_error(self, field: str | None, error: Any) -> None:
        """A field that is refused gets no second error: to the model it looks empty."""
        if hasattr(error, "error_dict"):
            error = ValidationError({k: v for k, v in error.error_dict.items() if k not in self.errors})
        super().add_error(field, error)

    def clean(self) -> dict[str, Any]:
        """Put number and unit together. The model refuses what is too often or never."""
        cleaned = super().clean() or self.cleaned_data
        for name, unit_name in UNIT_OF.items():
            if cleaned.get(name):
                cleaned[name] *= SECONDS[cleaned.get(unit_name) or "seconds"]
                if cleaned[name] > MAXIMUM_SECONDS:
                    self.add_error(name, f"Enter at most {MAXIMUM_SECONDS // SECONDS['days']} days.")
        return cleaned


class Boxes(forms.ModelForm):
    """The boxes of the list have a name for those who do not see its heading."""

    class Meta:
        widgets = {"enabled": forms.CheckboxInput(attrs={"aria-label": "Enabled"})}


@admin.register(Schedule)
class ScheduleAdmin(OfModel, WithHistory):
    """When each task runs, in words and as the next times."""

    class Media:
        css = {"all": ["predictions/run_pages.css"]}
        js = [SCRIPT]

    edited_by = May.CHANGE_POLICY
    form = ScheduleForm
    list_display = ("name", "task", "registered_model", "in_words", "next_time", "last_look", "enabled")
    list_select_related = ("registered_model", "look")
    list_editable = ("enabled",)
    list_filter = (("registered_model", ModelFilter), "task", "enabled")
    fieldsets = (
        (None, {"fields": ("name", "task", "registered_model", "enabled", "after_interruption")}),
        (
            "When it fires",
            {
                "fields": (
                    "trigger", ("every_seconds", "unit"), "cron", "new_rows",
                    ("at_most_every_seconds", "rest_unit"), "in_words", "next_three", "last_look",
                ),
            },
        ),
    )  # fmt: skip
    readonly_fields = ("in_words", "next_three", "last_look")
    actions = ["run_now"]
    in_words = column("in words", lambda row: row.in_words if _is_complete(row) else "shown after saving")
    next_time = column("next time", lambda row: _times(row, count=1))
    next_three = column("next times", lambda row: _times(row, count=3) if _is_complete(row) else "–")

    last_look = column("last look", lambda row: _last_look(row))

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """A plain form: the list edits `enabled`, not the times."""
        return Boxes

    def get_queryset(self, request: HttpRequest) -> QuerySet[Schedule]:
        return super().get_queryset(request).with_job()  # type: ignore[attr-defined]

    @confirmed(
        description="Run now…", needs=May.REQUEST_RUN, title="Run now",
        warning="One run is queued. The times of the schedule stay as they are.",
    )  # fmt: skip
    def run_now(self, request: HttpRequest, schedule: Schedule, form: forms.Form) -> str:
        return queue(request, schedule.task, schedule.registered_model)


def queue(request: HttpRequest, task: str, model: RegisteredModel, **parameters: Any) -> SafeString:
    """Queue a run for this person and return the message, with a link to the run.

    The scheduler executes it, not the web process.
    """
    run = Run.objects.enqueue(
        task=task, registered_model=model, trigger=Run.Trigger.MANUAL, parameters=parameters,
        requested_by=request.user.get_username(),
    )  # fmt: skip
    told = '<a href="{}">Run {}</a> is queued. It starts as soon as the scheduler is free.'
    return format_html(told, page_of(run), run.pk)


def _times(schedule: Schedule, *, count: int) -> str:
    times = next_times(schedule, now=timezone.now(), count=count)
    return ", ".join(to_second(at) for at in times) or "–"


def _last_look(schedule: Schedule) -> str:
    """Tell when it looked and what it found; a dash for what fires by the clock."""
    look = getattr(schedule, "look", None)
    if not schedule.is_by_look or look is None or look.looked_at is None:
        return "not yet" if schedule.is_by_look else "–"
    return f"{to_second(look.looked_at)}: {look.found}"


def _is_complete(schedule: Schedule) -> bool:
    """Whether its times can be computed: a refused form leaves what was typed in its row."""
    try:
        schedule.clean()
    except ValidationError:
        return False
    return schedule.pk is not None


@admin.register(StoredJob)
class StoredJobAdmin(ReadOnlyMixin, admin.ModelAdmin):
    """When each schedule is due next. The library's own action would run the task in the web process."""

    list_display = ["id", "next_run_time"]
    fields = ["id", "next_run_time"]
    actions = None
