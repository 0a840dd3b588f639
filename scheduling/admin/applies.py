"""Fields of a form that apply only while another field has some value: a script hides the others."""

from collections.abc import Iterable, Mapping

from django import forms
from django.forms.widgets import Script

SCRIPT = Script("scheduling/applies.js", defer=True)


def apply_only(form: forms.BaseForm, when: Mapping[str, str]) -> None:
    """Mark fields by name: `trigger: cron`, `bake_minutes: !0`. A form may lack some."""
    for name in when.keys() & form.fields.keys():
        form.fields[name].widget.attrs["data-applies"] = when[name]


def by_choice(field: str, shown: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return for `apply_only` when each field is shown, of the fields that each value of `field` shows."""
    names = sorted({name for names in shown.values() for name in names})
    return {name: f"{field}: {' '.join(v for v, names in shown.items() if name in names)}" for name in names}
