"""django-apscheduler's table of jobs, as an outbox: a job's next time and its runs are one transaction.

A stored job is a schedule's id, the plan it was made by, and the time it is due next; all else comes
from the `Schedule` whenever it is read. Nothing is unpickled.
"""

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from apscheduler.executors.base import BaseExecutor
from apscheduler.job import Job
from django.db import Error
from django_apscheduler.jobstores import DjangoJobStore
from django_apscheduler.models import DjangoJob
from django_apscheduler.util import retry_on_db_operational_error

from predictions import database
from predictions.zone import to_second
from scheduling.engine.scheduler_state import StoredJob
from scheduling.models import Run, Schedule
from scheduling.runs.occurrences import asked_by, queue_occurrence

log = logging.getLogger("scheduling.engine.job_store")
FUNCTION = "scheduling.engine.apscheduler_engine:fire"
COALESCE = True  # times that were missed are caught up once, however many they were


class LeaseLost(Exception):
    """Another scheduler leads: this one may neither plan nor fire."""


class RememberingExecutor(BaseExecutor):
    """Executes nothing: keeps the times that are due until the store writes them down."""

    def __init__(self) -> None:
        super().__init__()
        self.due: dict[str, list[datetime]] = {}

    def submit_job(self, job: Job, run_times: list[datetime]) -> None:
        self.due[job.id] = run_times

    def _do_submit_job(self, job: Job, run_times: list[datetime]) -> None:
        raise NotImplementedError


class OutboxStore(DjangoJobStore):
    """Advances a job and queues its runs in one transaction, which only the leader can commit."""

    def __init__(self, executor: RememberingExecutor, leads: Callable[[], bool]) -> None:
        super().__init__()
        self._executor = executor
        self._leads = leads
        self.beat_at = time.monotonic()

    def register_event_listeners(self) -> None:
        """Keep no execution rows: a run is the record, and it outlives its schedule."""

    def stored(self) -> dict[str, StoredJob]:
        """Return the jobs of schedules by their ids; a project's own, in the same table, have names."""
        return {row.id: StoredJob.of(row) for row in DjangoJob.objects.all() if row.id.isdecimal()}

    def get_due_jobs(self, now: datetime) -> list[Job]:
        """Return what is due, and show that the scheduler's thread is alive."""
        self.beat_at = time.monotonic()
        jobs = self._get_jobs(next_run_time__lte=now)
        for job in jobs:
            if job.coalesce:  # APScheduler would count what was missed one by one, to keep the last
                job._modify(next_run_time=job.trigger.latest(job.next_run_time, now))
        return jobs

    def has_due(self) -> bool:
        return bool(self._get_jobs(next_run_time__lte=datetime.now(UTC)))

    def get_next_run_time(self) -> datetime | None:
        """Return when to look again: what is due already and stays so is not waited for."""
        try:
            later = DjangoJob.objects.filter(next_run_time__gt=datetime.now(UTC))
            return later.values_list("next_run_time", flat=True).first()
        except Error:
            return None  # the main loop wakes the thread up twice a second

    def lookup_job(self, job_id: str) -> Job | None:
        return next(iter(self._get_jobs(id=job_id)), None)

    def add_job(self, job: Job) -> None:
        self._as_leader(lambda: _write(job))

    def update_job(self, job: Job) -> None:
        """Write the runs and the next time; the row comes back if somebody deleted it."""
        self._as_leader(lambda: _write(job), firing=job.id)

    def remove_job(self, job_id: str) -> None:
        """Write the runs of a job that will not fire again, and forget it."""
        self._as_leader(DjangoJob.objects.filter(id=job_id).delete, firing=job_id)

    def plan_anew(self, schedule: Schedule, job: StoredJob, first: datetime | None) -> None:
        """Replace a time that cannot be right, unless it has changed; a cancelled run says so."""
        was = f"was {to_second(job.due)}, too late for the schedule" if job.due else "is missing"
        then = f"at {to_second(first)}" if first else "never"
        reason = f"Not run: the stored time of the next run {was}. Check the clock. The next run is {then}."

        def write() -> None:
            row = DjangoJob.objects.filter(id=str(schedule.pk), next_run_time=job.due)
            if row.update(next_run_time=first):
                log.warning("schedule %s: %s", schedule, reason)
                Run.objects.enqueue(**asked_by(schedule), instead=reason)

        self._as_leader(write)

    @retry_on_db_operational_error  # with a new connection: the server may have been restarted
    def _get_jobs(self, **filters: Any) -> list[Job]:
        rows = {row.id: row for row in DjangoJob.objects.filter(**filters)}
        schedules = Schedule.objects.by_clock().filter(pk__in=[i for i in rows if i.isdecimal()])
        jobs = []
        for schedule in schedules:
            row = rows[str(schedule.pk)]
            try:
                trigger = schedule.fires
            except ValueError:
                continue  # the engine's reconciliation logs it
            job = Job(
                self._scheduler, id=row.id, func=FUNCTION, args=[schedule.pk], kwargs={}, trigger=trigger,
                name=StoredJob.of(row).plan or schedule.spec, next_run_time=row.next_run_time,
                coalesce=COALESCE, executor="default", misfire_grace_time=None, max_instances=1,
            )  # fmt: skip
            job._jobstore_alias = self._alias
            jobs.append(job)
        return jobs

    def _as_leader(self, write: Callable[[], Any], *, firing: str = "") -> None:
        """Write under the lease, in one transaction with the due runs of a job. Raises `LeaseLost`.

        A due job that could not be written fires at the next look: an error would end this thread.
        """
        due = self._executor.due.pop(firing, [])
        try:
            with database.atomic():
                if not self._leads():
                    raise LeaseLost("another scheduler leads now")
                for at in due:
                    # Locked: deleted before the commit, it would leave a run that refers to nothing.
                    schedules = Schedule.objects.select_for_update(no_key=True)
                    if schedule := schedules.filter(pk=firing).first():
                        queue_occurrence(schedule, at)
                write()
        except (Error, LeaseLost) as error:
            if not due:
                raise
            why = str(error).partition("\n")[0]
            log.warning("schedule %s is due, but was not queued; it is tried again: %s", firing, why)


def _write(job: Job) -> None:
    state = json.dumps({"function": FUNCTION, "schedule": job.args[0], "plan": job.name}).encode()
    columns = {"next_run_time": job.next_run_time, "job_state": state}
    DjangoJob.objects.update_or_create(id=job.id, defaults=columns)
