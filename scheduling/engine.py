"""django-apscheduler, wrapped: it decides *when*; the table of runs is the queue. Imported only here.

The run's row is written in the transaction that advances the job: a process that dies in between has
done neither, and the occurrence is still due.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from datetime import UTC, datetime

from apscheduler.executors.base import BaseExecutor
from apscheduler.job import Job
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import STATE_PAUSED
from django.db import transaction
from django_apscheduler.jobstores import DjangoJobStore

from scheduling.models import Run, Schedule
from scheduling.triggers import trigger_of

log = logging.getLogger("scheduling.engine")


def fire(schedule_id: int) -> None:
    """What every stored job refers to. Never called: the queue is filled by `OutboxStore`."""
    raise AssertionError("jobs are queued as runs, not executed by the scheduler")


class RememberingExecutor(BaseExecutor):
    """Executes nothing: keeps the times that are due until the store writes them down."""

    def __init__(self) -> None:
        super().__init__()
        self.due: dict[str, list[datetime]] = {}

    def submit_job(self, job: Job, run_times: list[datetime]) -> None:
        """Remember when the job was due."""
        self.due[job.id] = run_times

    def _do_submit_job(self, job: Job, run_times: list[datetime]) -> None:
        raise NotImplementedError("submit_job is all there is")


class OutboxStore(DjangoJobStore):
    """Advances a job and queues its runs in one transaction."""

    def __init__(self, executor: RememberingExecutor) -> None:
        super().__init__()
        self._executor = executor
        self.beat_at = time.monotonic()

    def register_event_listeners(self) -> None:
        """Keep no execution rows: a run is the record, and it outlives its schedule."""

    def get_due_jobs(self, now: datetime) -> list[Job]:
        """Return what is due, and show that the scheduler's thread is alive."""
        self.beat_at = time.monotonic()
        return list(super().get_due_jobs(now))

    def update_job(self, job: Job) -> None:
        """Write the runs and the next time."""
        with transaction.atomic():
            self._queue_runs(job.id)
            super().update_job(job)

    def remove_job(self, job_id: str) -> None:
        """Write the runs of a job that will not fire again."""
        with transaction.atomic():
            self._queue_runs(job_id)
            super().remove_job(job_id)

    def _queue_runs(self, job_id: str) -> None:
        # Locked: deleted before the commit, it would leave a run that refers to nothing.
        schedule = Schedule.objects.select_for_update(no_key=True).filter(pk=int(job_id)).first()
        for due in self._executor.due.pop(job_id, ()):
            if schedule:
                queue_occurrence(schedule, due)


def queue_occurrence(schedule: Schedule, due: datetime) -> Run:
    """Return the run of this occurrence: at most one, whoever asks and how often."""
    run, _ = Run.objects.get_or_create(
        schedule=schedule,
        scheduled_for=due,
        defaults={
            "task": schedule.task,
            "registered_model": schedule.registered_model,
            "schedule_name": schedule.name,
            "trigger": Run.Trigger.SCHEDULE,
            "requested_by": f"schedule {schedule.name}",
        },
    )
    return run


class Engine:
    """The scheduler of the leader. Missed times are caught up once (coalesce), however late."""

    def __init__(self) -> None:
        self._unplanned: dict[int, str] = {}
        executor = RememberingExecutor()
        self._store = OutboxStore(executor)
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            jobstores={"default": self._store},
            executors={"default": executor},
            job_defaults={"coalesce": True},
        )

    def start(self) -> None:
        """Make the jobs equal to the schedules, then begin to fire them."""
        self._scheduler.start(paused=True)
        self.reconcile(Schedule.objects.enabled())

    def reconcile(self, schedules: Iterable[Schedule]) -> None:
        """Add, change and remove jobs so that they are those of `schedules`; keep what is the same.

        A job is never added anew while its schedule stays: that would drop a missed occurrence.
        A schedule that cannot be planned is told of, and stops no other.
        """
        wanted = {str(schedule.pk): schedule for schedule in schedules}
        present = {job.id: job for job in self._scheduler.get_jobs()}
        for job_id in present.keys() - wanted.keys():
            self._scheduler.remove_job(job_id)
        for job_id, schedule in wanted.items():
            job = present.get(job_id)
            if job is None or job.name != schedule.spec:
                self._plan(schedule, job)
        if self._scheduler.state == STATE_PAUSED:
            self._scheduler.resume()

    def _plan(self, schedule: Schedule, job: Job | None) -> None:
        """Add the schedule's job, or give it other times, in one write."""
        try:
            trigger = trigger_of(schedule)
        except ValueError as error:
            if self._unplanned.get(schedule.pk) != schedule.spec:
                log.error("schedule %s (%s) cannot be planned: %s", schedule, schedule.spec, error)
            self._unplanned[schedule.pk] = schedule.spec
            return
        if job is None:
            self._scheduler.add_job(
                fire, trigger, args=[schedule.pk], id=str(schedule.pk), name=schedule.spec
            )
        else:
            first = trigger.get_next_fire_time(None, datetime.now(UTC))
            job.modify(name=schedule.spec, trigger=trigger, next_run_time=first)

    def wake_up(self) -> None:
        """Look at the jobs now: other processes changed rows, or the clock was stepped."""
        self._scheduler.wakeup()

    @property
    def silence(self) -> float:
        """Seconds since the scheduler's thread last looked for due jobs: it may have died."""
        return time.monotonic() - self._store.beat_at

    def stop(self) -> None:
        """Stop firing. The store goes first: the last pass of a shutdown would skip what is due."""
        self._scheduler.remove_jobstore("default", shutdown=False)
        self._scheduler.shutdown(wait=True)
