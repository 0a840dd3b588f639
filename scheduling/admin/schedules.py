"""Schedules: edits take effect while the scheduler runs."""

from django.contrib import admin

from scheduling.models import Schedule


@admin.register(Schedule)
class ScheduleAdmin(admin.ModelAdmin):
    """When each task runs."""

    list_display = ("name", "task", "registered_model", "spec", "enabled")
    list_editable = ("enabled",)
    list_filter = ("registered_model", "task", "enabled")
    fields = ("name", "task", "registered_model", "trigger", "every_seconds", "cron", "enabled")
