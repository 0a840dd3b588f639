"""The scheduler's own tables: readable. Its "run now" would work in the web process, so it is gone."""

from typing import Any

from django.apps import apps
from django.contrib import admin

from predictions.admin.base import ReadOnlyMixin

# Not imported: only `scheduling.engine.job_store` may.
StoredJob: Any = apps.get_model("django_apscheduler", "DjangoJob")
Execution: Any = apps.get_model("django_apscheduler", "DjangoJobExecution")
admin.site.unregister([StoredJob, Execution])


@admin.register(StoredJob)
class StoredJobAdmin(ReadOnlyMixin, admin.ModelAdmin):
    """When each schedule is due next. Edit the schedule, not the job."""

    list_display = ["id", "next_run_time"]
    fields = ["id", "next_run_time"]

    def get_actions(self, request: Any) -> dict[str, Any]:
        """None."""
        return {}


@admin.register(Execution)
class ExecutionAdmin(StoredJobAdmin):
    """Stays empty: a run is the record of an execution, and outlives its schedule."""

    list_display = ["id", "job", "status", "run_time", "duration"]
    fields = ["id", "job", "status", "run_time", "duration", "finished", "exception", "traceback"]
