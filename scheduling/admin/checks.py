"""What one registered model asks of its candidates, on one page: all checks, limits, and who set them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
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
UNKNOWN = "there is no such limit: save the check again"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One limit: the check's own value, and the one in force."""

    name: str
    default: str
    in_force: str
    changed: bool


@dataclass(frozen=True, kw_only=True)
class CheckRow:
    """One check as a model asks it."""

    check_id: str
    question: str
    asked: bool
    blocking: bool
    limits: list[Limit]
    last_change: Any  # a record of the history, or None
    url: str


def check_rows(registered_model: RegisteredModel) -> Iterator[CheckRow]:
    """Every check in the order of asking."""
    overrides = {row.check_id: row for row in registered_model.check_limits.all()}
    for check in CHECKS:
        override = overrides.get(check.id)
        yield CheckRow(
            check_id=check.id,
            question=(type(check).__doc__ or "").strip().splitlines()[0],
            asked=override is None or override.enabled,
            blocking=override is None or override.blocking,
            limits=list(_limits(check, override.limits if override else {})),
            last_change=override.history.first() if override else None,
            url=_url_of(registered_model, check.id, override),
        )


def latest_changes(registered_model: RegisteredModel) -> list[Any]:
    """The newest records of what people decided about this model, of rows that are gone too."""
    records = [
        record
        for model in RECORDED
        for record in model.history.filter(registered_model=registered_model)[:LATEST]
    ]
    records += registered_model.history.all()[:LATEST]
    return list(islice(sorted(records, key=lambda record: record.history_date, reverse=True), LATEST))


def _limits(check: Check, differing: dict[str, Any]) -> Iterator[Limit]:
    for name, default in check.limits.items():
        in_force = differing.get(name, default)
        yield Limit(name=name, default=shown(default), in_force=shown(in_force), changed=name in differing)
    for name in differing.keys() - check.limits.keys():
        yield Limit(name=name, default=UNKNOWN, in_force=shown(differing[name]), changed=True)


def _url_of(registered_model: RegisteredModel, check_id: str, override: CheckLimit | None) -> str:
    if override:
        return reverse("admin:scheduling_checklimit_change", args=[override.pk])
    named = urlencode({"registered_model": registered_model.pk, "check_id": check_id})
    return f"{reverse('admin:scheduling_checklimit_add')}?{named}"
