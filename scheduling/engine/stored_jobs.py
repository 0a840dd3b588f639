"""What is stored of a schedule's job: by which plan it was made, and when it is due next.

A stored time is as wrong as the clock was when it was written: it is believed as far as the trigger
explains it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from predictions.models.clock import A_LITTLE
from scheduling.timing.triggers import Timing


@dataclass(frozen=True, kw_only=True)
class StoredJob:
    """`plan` is None where it cannot be read, `due` where nothing is planned."""

    plan: str | None
    due: datetime | None

    @classmethod
    def of(cls, row: Any) -> StoredJob:
        """Read a row of `DjangoJob`."""
        return cls(plan=_plan_in(row), due=row.next_run_time)

    def is_explained_by(self, trigger: Timing, *, now: datetime) -> bool:
        """Whether the stored time is no later than the trigger's own next one."""
        latest = trigger.get_next_fire_time(None, now + A_LITTLE)
        return self.due is not None and (latest is None or self.due <= latest)


def times_after(now: datetime, trigger: Timing, due: datetime | None) -> Iterator[datetime]:
    """Yield the times after now at which a trigger fires whose stored time is this."""
    if due is not None and due <= now:
        due = trigger.get_next_fire_time(trigger.latest(due, now), now)
    at = due or trigger.get_next_fire_time(None, now)
    while at is not None:
        yield at
        at = trigger.get_next_fire_time(at, at)


def _plan_in(row: Any) -> str | None:
    try:
        plan = json.loads(bytes(row.job_state))["plan"]
    except (ValueError, KeyError, TypeError):
        return None
    return plan if isinstance(plan, str) else None
