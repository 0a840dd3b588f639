"""Whether a scheduler is alive, and when it acts next: one answer for the admin, the API and probes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Self

from django.apps import apps
from django.db.models import Min
from django.db.models.functions import Now
from django.utils import timezone

from predictions.models.base import A_LITTLE
from predictions.zone import to_second
from scheduling.models import Lease, Run, Schedule
from scheduling.timing.triggers import Timing

REMEDY = "Start one: manage.py runapscheduler"


@dataclass(frozen=True, kw_only=True)
class SchedulerState:
    """`leader` is empty and `last_seen` the end of the last leader's word where nobody leads."""

    running: bool
    leader: str
    last_seen: datetime | None
    last_seen_seconds: float | None
    next_run_seconds: float | None
    queued: int

    @property
    def sentence(self) -> str:
        if self.running:
            soon = "no run is scheduled"
            if self.next_run_seconds is not None:
                soon = f"the next run is in {max(0, round(self.next_run_seconds))} s"
            return f"{self.leader} leads. It was last seen {self.last_seen_seconds:.0f} s ago, and {soon}."
        if self.last_seen is None:
            return f"NOT RUNNING: no scheduler has been seen. {REMEDY}"
        return f"NOT RUNNING since {to_second(self.last_seen)}. {REMEDY}"


def scheduler_state() -> SchedulerState:
    """Ask the database, whose clock the lease is kept by."""
    lease = Lease.objects.annotate(now=Now()).first()
    now = lease.now if lease else timezone.now()
    seen = lease.last_seen(now) if lease else None
    running = Lease.objects.held().exists()
    due = _jobs().aggregate(next=Min("next_run_time"))["next"]
    return SchedulerState(
        running=running,
        leader=lease.owner.rsplit(":", 1)[0] if lease and running else "",
        last_seen=seen,
        last_seen_seconds=round((now - seen).total_seconds(), 1) if seen else None,
        next_run_seconds=round((due - now).total_seconds(), 1) if due and running else None,
        queued=Run.objects.queued().count(),
    )


@dataclass(frozen=True, kw_only=True)
class StoredJob:
    """A schedule's job: `plan` is None where it cannot be read, `due` where nothing is planned."""

    plan: str | None
    due: datetime | None

    @classmethod
    def of(cls, row: Any) -> Self:
        try:
            plan = json.loads(bytes(row.job_state))["plan"]
        except (ValueError, KeyError, TypeError):
            plan = None
        return cls(plan=plan if isinstance(plan, str) else None, due=row.next_run_time)

    def is_explained_by(self, trigger: Timing, *, now: datetime) -> bool:
        """Whether the stored time is no later than the trigger's own next one."""
        latest = trigger.get_next_fire_time(None, now + A_LITTLE)
        return self.due is not None and (latest is None or self.due <= latest)


def next_times(schedule: Schedule, *, now: datetime, count: int) -> list[datetime]:
    """Return the next times, from the stored job where it would be kept; none if disabled or invalid."""
    try:
        trigger = schedule.fires
    except ValueError:
        return []
    if not schedule.enabled:
        return []
    row: Any = schedule if hasattr(schedule, "job_state") else None
    if row is None and schedule.pk:
        row = _jobs().filter(pk=str(schedule.pk)).first()
    job = StoredJob.of(row) if row else None
    kept = job and job.plan == schedule.spec and job.is_explained_by(trigger, now=now)
    return list(islice(times_after(now, trigger, job.due if job and kept else None), count))


def times_after(now: datetime, trigger: Timing, due: datetime | None) -> Iterator[datetime]:
    """Yield the times after now at which a trigger fires whose stored time is this."""
    if due is not None and due <= now:
        due = trigger.get_next_fire_time(trigger.latest(due, now), now)
    at = due or trigger.get_next_fire_time(None, now)
    while at is not None:
        yield at
        at = trigger.get_next_fire_time(at, at)


def _jobs() -> Any:
    """The scheduler's stored jobs. Not imported: only `job_store` may."""
    return apps.get_model("django_apscheduler", "DjangoJob").objects
