"""Other limits than a check's own, checked when they are saved."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import admin

from scheduling.checks import CHECKS
from scheduling.models import CheckLimit


class CheckLimitForm(forms.ModelForm):
    """Offers the checks there are, and shows the defaults of their limits."""

    check_id = forms.ChoiceField(
        label="Check",
        choices=[(check.id, check.id) for check in CHECKS],
        help_text="The defaults: "
        + "; ".join(f"{check.id} {json.dumps(check.limits)}" for check in CHECKS if check.limits),
    )

    class Meta:
        model = CheckLimit
        fields = ("registered_model", "check_id", "enabled", "blocking", "limits")


@admin.register(CheckLimit)
class CheckLimitAdmin(admin.ModelAdmin):
    """Other limits than a check's own, for one model."""

    list_display = ("registered_model", "check_id", "enabled", "blocking", "limits", "defaults")
    list_filter = ("registered_model", "check_id")
    form = CheckLimitForm

    @admin.display(description="defaults")
    def defaults(self, override: CheckLimit) -> Any:
        """The check's own limits."""
        limits = {check.id: check.limits for check in CHECKS}
        return json.dumps(limits.get(override.check_id, {}))
