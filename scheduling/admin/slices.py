"""Slices that people name, checked against the newest signature when they are saved."""

from django.contrib import admin

from scheduling.models import Slice


@admin.register(Slice)
class SliceAdmin(admin.ModelAdmin):
    """Rows on which no candidate may be worse."""

    list_display = ("registered_model", "name", "condition")
    list_filter = ("registered_model",)
