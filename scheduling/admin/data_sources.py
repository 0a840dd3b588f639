"""Data sources in the admin: a form that asks in words, and a trial that shows twenty rows."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string

from predictions.admin.base import column
from predictions.admin.editing import WithHistory, confirmed
from predictions.admin.of_model import ModelFilter, OfModel
from predictions.conf import config
from predictions.models.people.access import May, allowed
from scheduling.admin.applies import SCRIPT, apply_only, by_choice
from scheduling.admin.schedules import queue
from scheduling.models import DataSource, SourceTrial
from scheduling.models.schedule import TaskName
from scheduling.models.setup.data_source import NEEDED, OF_A_HOLD_OUT, OF_SETTINGS


class DataSourceForm(forms.ModelForm):
    """What the settings name is chosen from a list."""

    class Meta:
        model = DataSource
        fields = (
            "registered_model", "role", "kind", "database", "query", "function", "root", "pattern",
            "window_days", "label_delay_days", "time_column", "hold_out", "hold_out_share", "group_column",
            "seed", "minimum_rows",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, setting in OF_SETTINGS.items():
            if name in self.fields:
                known = [("", "–"), *((one, one) for one in sorted(getattr(config, setting)))]
                self.fields[name] = forms.ChoiceField(
                    choices=known, required=False, help_text=self.fields[name].help_text
                )
        apply_only(self, by_choice("kind", NEEDED) | by_choice("hold_out", OF_A_HOLD_OUT))


@admin.register(DataSource)
class DataSourceAdmin(OfModel, WithHistory):
    """Where the rows of retrainings come from."""

    class Media:
        js: ClassVar[Any] = [SCRIPT]

    read_by = edited_by = May.CHANGE_POLICY  # a query tells of a database

    form = DataSourceForm
    list_display = ("registered_model", "role", "kind", "hold_out", "window_days", "label_delay_days")
    list_filter = (("registered_model", ModelFilter), "role", "kind")
    list_select_related = ("registered_model",)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("registered_model", "role", "kind")}),
        ("For a query", {"fields": ("database", "query")}),
        ("For a function", {"fields": ("function",)}),
        ("For files", {"fields": ("root", "pattern")}),
        ("Which rows", {"fields": ("time_column", "window_days", "label_delay_days", "minimum_rows")}),
        ("Which of them judge", {"fields": ("hold_out", "hold_out_share", "group_column", "seed")}),
    )
    actions = ["try_now"]

    last_trial = column("what it gives", lambda source: _last_trial(source, with_rows=True))
    last_counts = column("what it gives", lambda source: _last_trial(source, with_rows=False))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fieldsets, ("Last trial", {"fields": (_shown_to(request, obj),)}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = ("registered_model", "role") if obj else ()
        return (_shown_to(request, obj), *fixed)

    @confirmed(
        description="Try: show 20 rows…", needs=May.REQUEST_RUN, title="Try the source",
        warning="A run reads up to 100,000 rows, counts them and shows the first 20. No dataset is made and "
        "nothing is trained.",
    )  # fmt: skip
    def try_now(self, request: HttpRequest, source: DataSource, form: forms.Form) -> str:
        return queue(request, TaskName.TRY_SOURCE, source.registered_model, role=source.role)


def _shown_to(request: HttpRequest, source: DataSource | None) -> str:
    """Rows are for those who may read values."""
    reads = source and allowed(request.user, May.READ_LOG, source.registered_model)
    return "last_trial" if reads else "last_counts"


def _last_trial(source: DataSource, *, with_rows: bool) -> str:
    trials = SourceTrial.objects.filter(run__registered_model=source.registered_model_id, role=source.role)
    trial = trials.first() if source.pk else None
    if trial is None:
        return "Not tried yet. Save it, then choose Try in the list of sources."
    shown = {"trial": trial, "result": trial.result, "with_rows": with_rows}
    return render_to_string("scheduling/source_trial.html", shown)
