"""Whether a scheduler is alive, and when it acts next: one answer for the admin, the API and probes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.apps import apps
from django.db.models import Min
from django.db.models.functions import Now
from django.utils import timezone

from scheduling.engine.stored_jobs import StoredJob, times_after
from scheduling.models import Lease, Run, Schedule


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
        """For people."""
        if self.running:
            soon = "nothing is scheduled"
            if self.next_run_seconds is not None:
                soon = f"next run in {max(0, round(self.next_run_seconds))} s"
            return f"Leader {self.leader}, last seen {self.last_seen_seconds:.0f} s ago, {soon}."
        if self.last_seen is None:
            return "NOT RUNNING: no scheduler was seen. Start one: manage.py runapscheduler"
        return (
            f"NOT RUNNING since {self.last_seen:%Y-%m-%d %H:%M:%S} UTC. Start one: manage.py runapscheduler"
        )

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def next_times(schedule: Schedule, *, now: datetime, count: int) -> list[datetime]:
    """Return the next times a schedule fires: none while it is disabled, or cannot be planned.

    They count from its stored job, if that is one that the scheduler would keep.
    """
    try:
        trigger = schedule.fires
    except ValueError:
        return []
    if not schedule.enabled:
        return []
    row = _job_of(schedule)
    job = StoredJob.of(row) if row else None
    kept = job and job.plan == schedule.spec and job.is_explained_by(trigger, now=now)
    return list(islice(times_after(now, trigger, job.due if job and kept else None), count))


def _job_of(schedule: Schedule) -> Any:
    """The stored job's row: annotated by `with_job`, else asked for; None where nothing is saved."""
    if hasattr(schedule, "job_state"):
        return schedule
    return _jobs().filter(pk=str(schedule.pk)).first() if schedule.pk else None


def _jobs() -> Any:
    """The scheduler's stored jobs. Not imported: only `job_store` may."""
    return apps.get_model("django_apscheduler", "DjangoJob").objects


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
