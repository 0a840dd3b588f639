"""The checks of one registered model on one page: limits, whether a failure blocks, and who changed what."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from predictions.models import RegisteredModel
from scheduling.admin.limit_fields import shown
from scheduling.checks import CHECKS
from scheduling.checks.base import Check
from scheduling.models import CheckLimit, GatePolicy, Recipe, Schedule, Slice

RECORDED = (CheckLimit, GatePolicy, Recipe, Schedule, Slice)
LATEST = 30
REMOVED = "This limit does not exist any more. Save the check again to remove it."


def check_rows(registered_model: RegisteredModel) -> Iterator[dict[str, Any]]:
    """Yield every check as this model asks it, in the order of asking, for the template."""
    overrides = {row.check_id: row for row in registered_model.check_limits.all()}
    for check in CHECKS:
        override = overrides.get(check.id)
        yield {
            "check_id": check.id,
            "question": (type(check).__doc__ or "").strip().splitlines()[0],
            "enabled": override is None or override.enabled,
            "blocking": override is None or override.blocking,
            "limits": list(_limits(check, override.limits if override else {})),
            "last_change": override and override.history.first(),
            "url": _url_of(registered_model, check.id, override),
        }


def latest_changes(registered_model: RegisteredModel) -> list[Any]:
    """Return the newest records of what people changed for this model, deleted rows included."""
    records = list(registered_model.history.all()[:LATEST])
    for model in RECORDED:
        records += model.history.filter(registered_model=registered_model)[:LATEST]
    return sorted(records, key=lambda record: record.history_date, reverse=True)[:LATEST]


def _limits(check: Check, differing: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in [*check.limits, *(differing.keys() - check.limits.keys())]:
        yield {
            "name": name,
            "default": shown(check.limits[name]) if name in check.limits else REMOVED,
            "in_force": shown(differing[name] if name in differing else check.limits[name]),
            "changed": name in differing,
        }


def _url_of(registered_model: RegisteredModel, check_id: str, override: CheckLimit | None) -> str:
    if override:
        return reverse("admin:scheduling_checklimit_change", args=[override.pk])
    query = urlencode({"registered_model": registered_model.pk, "check_id": check_id})
    return f"{reverse('admin:scheduling_checklimit_add')}?{query}"
