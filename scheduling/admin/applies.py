"""Fields of a form that apply only while another field has some value: a script hides the others."""

from collections.abc import Mapping

from django import forms
from django.forms.widgets import Script

SCRIPT = Script("scheduling/applies.js", defer=True)


def apply_only(form: forms.BaseForm, when: Mapping[str, str]) -> None:
    """Mark fields by name: `trigger: cron`, `bake_minutes: !0`. A form may lack some."""
    for name in when.keys() & form.fields.keys():
        form.fields[name].widget.attrs["data-applies"] = when[name]
