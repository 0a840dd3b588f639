"""APScheduler, wrapped: it decides *when* a schedule is due; the table of runs is the queue."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import STATE_PAUSED

from scheduling.engine.job_store import OutboxStore, RememberingExecutor
from scheduling.engine.scheduler_state import StoredJob
from scheduling.models import Schedule

log = logging.getLogger("scheduling.engine.apscheduler_engine")
SILENCE_SECONDS = 60.0  # longer than any wait for a locked database
THREAD = "APScheduler"


def fire(schedule_id: int) -> None:
    """What every stored job refers to. Never called: the queue is filled by `OutboxStore`."""
    raise AssertionError("jobs are queued as runs, not executed by the scheduler")


class Engine:
    """The scheduler of the leader. Missed times are caught up once (coalesce), however late."""

    def __init__(self, *, leads: Callable[[], bool]) -> None:
        self._unplanned: dict[int, str] = {}
        self._thread: threading.Thread | None = None
        executor = RememberingExecutor()
        self._store = OutboxStore(executor, leads)
        self._scheduler = BackgroundScheduler(
            timezone=UTC, jobstores={"default": self._store}, executors={"default": executor}
        )
        self.has_due = self._store.has_due
        self.wake_up = self._scheduler.wakeup  # other processes changed rows, or the clock was stepped

    def start(self) -> None:
        """Make the jobs equal to the schedules, then begin to fire them."""
        before = set(threading.enumerate())
        self._scheduler.start(paused=True)
        started = [thread for thread in threading.enumerate() if thread not in before]
        self._thread = next((thread for thread in started if thread.name == THREAD), None)
        self.reconcile(Schedule.objects.by_clock())

    def reconcile(self, schedules: Iterable[Schedule]) -> None:
        """Add, change and remove jobs so that they are those of `schedules`; keep what is the same.

        A job is never added anew while its schedule stays: that would drop a missed occurrence.
        A schedule that cannot be planned is logged, and stops no other. Raises `LeaseLost`.
        """
        wanted = {str(schedule.pk): schedule for schedule in schedules}
        stored = self._store.stored()
        for job_id in stored.keys() - wanted.keys():
            self._scheduler.remove_job(job_id)
        for job_id, schedule in wanted.items():
            self._plan(schedule, stored.get(job_id))
        if self._scheduler.state == STATE_PAUSED:
            self._scheduler.resume()

    def _plan(self, schedule: Schedule, stored: StoredJob | None) -> None:
        """Make the stored job the schedule's, and its time one that the schedule explains.

        A clock that was wrong once must not keep a schedule from running for years.
        """
        now, job_id = datetime.now(UTC), str(schedule.pk)
        try:
            trigger = schedule.fires
        except ValueError as error:
            if self._unplanned.get(schedule.pk) != schedule.spec:
                log.error("schedule %s (%s) cannot be planned: %s", schedule, schedule.spec, error)
            self._unplanned[schedule.pk] = schedule.spec
            return
        if stored and stored.plan == schedule.spec:
            if not stored.is_explained_by(trigger, now=now):
                self._store.plan_anew(schedule, stored, trigger.get_next_fire_time(None, now))
            return
        job = self._scheduler.get_job(job_id)
        if job is None:
            self._scheduler.add_job(fire, trigger, args=[schedule.pk], id=job_id, name=schedule.spec)
        elif stored and stored.plan is None and job.next_run_time is not None:
            job.modify(name=schedule.spec)
        else:
            job.modify(name=schedule.spec, next_run_time=trigger.get_next_fire_time(None, now))

    @property
    def looked_at(self) -> float:
        """When the scheduler's thread last looked for due jobs, on the monotonic clock."""
        return self._store.beat_at

    @property
    def is_dead(self) -> bool:
        """Whether the scheduler's thread has ended, or has not looked for due jobs for a minute."""
        ended = self._thread is not None and not self._thread.is_alive()
        return ended or time.monotonic() - self.looked_at > SILENCE_SECONDS

    def stop(self) -> None:
        """Stop firing. The store goes first: the last pass of a shutdown would skip what is due."""
        self._scheduler.remove_jobstore("default", shutdown=False)
        self._scheduler.shutdown(wait=True)
