"""The main loop of `manage.py runapscheduler`: lead if nobody does, start runs, watch them."""

import logging
import time
from contextlib import suppress
from queue import Empty, SimpleQueue

from django.db import Error, close_old_connections
from django.utils import timezone

from predictions import database
from predictions.conf import config
from scheduling.engine.apscheduler_engine import Engine
from scheduling.engine.job_store import LeaseLost
from scheduling.engine.leading import claim, new_owner, take_lead
from scheduling.engine.looks.schedule_looker import ScheduleLooker
from scheduling.engine.looks.teller import Teller
from scheduling.engine.looks.watcher import Watcher
from scheduling.engine.restarter import CLEAN, LEASE_LOST
from scheduling.engine.run_processes import Children, Ingester
from scheduling.models import Lease, Run, Schedule
from scheduling.runs import drafts, quarantine
from scheduling.runs.transitions import act_on

log = logging.getLogger("scheduling.engine.supervisor")
POLL_SECONDS = 0.5
ONCE_SECONDS = 0.5  # signals so near to each other are one: a parent may pass a Ctrl-C on
FAULT = 1


class Supervisor:
    """One process that may lead. `run()` returns 0 (clean), 1 (fault) or 75 (lease lost).

    `once`: end when nothing is due, queued or at work any more, or when another scheduler leads.
    """

    def __init__(self, *, once: bool = False, shutdown_seconds: float = 0.0) -> None:
        self.owner = new_owner()
        self.epoch: int | None = None
        self._once, self._shutdown_seconds = once, shutdown_seconds
        self._stopping = self._hurried = False
        self._asked_at = 0.0
        self._bell: SimpleQueue[None] = SimpleQueue()  # its `put` is safe in a signal handler
        self._engine = Engine(leads=self._leads)
        self._children = Children()
        self._watcher, self._looker, self._teller = Watcher(), ScheduleLooker(), Teller()
        self._looks = self._watcher, self._looker, self._teller
        self._ingester = None if once else Ingester()
        self._began_at = self._renewed_at = time.monotonic()
        self._database_away = False

    def stop(self) -> None:
        """Ask the loop to end; asked again, not to wait for the runs at work. For signal handlers."""
        now = time.monotonic()
        self._hurried = self._stopping and now - self._asked_at >= ONCE_SECONDS
        self._stopping, self._asked_at = True, self._asked_at if self._stopping else now
        self._bell.put(None)

    def run(self) -> int:
        log.info("scheduler %s: standing by", self.owner)
        code = CLEAN
        try:
            while not self._stopping and code == CLEAN:
                code = self._guarded_step()
                self._wait(POLL_SECONDS)
        except Exception:
            log.exception("the scheduler failed")
            code = FAULT
        code = self._shut_down(code)
        log.info("scheduler %s: stopped with code %s", self.owner, code)
        return code

    def _wait(self, seconds: float) -> None:
        """Wait so long, or until somebody asks to stop."""
        with suppress(Empty):
            self._bell.get(timeout=seconds)
            while True:
                self._bell.get_nowait()

    def _guarded_step(self) -> int:
        try:
            close_old_connections()
            code = self._step()
        except LeaseLost:
            log.error("another scheduler leads now: this one ends")
            return LEASE_LOST
        except Error as error:
            if not self._database_away:
                log.warning("the database does not answer, waiting for it: %s", str(error).partition("\n")[0])
            self._database_away = True
            database.close()
            return CLEAN
        if self._database_away:
            log.info("the database answers again")
        self._database_away = False
        return code

    def _step(self) -> int:
        if self._ingester:
            self._ingester.watch()
        if self.epoch is None:
            self._try_to_lead()
            return CLEAN
        self._keep_lease(self.epoch)
        if self._engine.is_dead:
            log.critical("the scheduler's thread has died: this process ends, and has to be started again")
            return FAULT
        self._engine.reconcile(Schedule.objects.by_clock())
        self._engine.wake_up()
        self._children.close_orphans(self.epoch)
        self._children.watch()
        quarantine.sweep()
        drafts.sweep()
        if watch := self._watcher.step():
            with database.atomic():
                if self._leads():  # else another leader's look finds the same
                    act_on(watch, now=timezone.now())
        self._looker.step()
        self._teller.step()
        for lane in self._children.free_lanes:
            if run := Run.objects.queued().in_lane(lane).first():
                self._start(run, self.epoch)
        idle = all(look.idle for look in self._looks) and self._engine.looked_at > self._began_at
        if self._once and idle and not self._engine.has_due() and not Run.objects.unfinished().exists():
            self.stop()
        return CLEAN

    def _try_to_lead(self) -> None:
        epoch, closed = take_lead(self.owner)
        if epoch:
            self.epoch, self._renewed_at = epoch, time.monotonic()
            log.info("leading with epoch %s; %s unfinished runs were marked as interrupted", epoch, closed)
            self._engine.start()
        elif self._once and time.monotonic() - self._began_at > config.LEASE_SECONDS:
            log.info("another scheduler leads, and does what is due")
            self.stop()

    def _leads(self) -> bool:
        """Whether the lease is still this process's; inside a transaction it stays so until the end."""
        return self.epoch is not None and Lease.objects.is_kept_by(self.owner, self.epoch)

    def _keep_lease(self, epoch: int) -> None:
        """Renew it where it is time. Raises `LeaseLost`."""
        if time.monotonic() - self._renewed_at >= config.LEASE_SECONDS / 3:
            if not Lease.objects.renew(self.owner, epoch):
                raise LeaseLost
            self._renewed_at = time.monotonic()

    def _start(self, run: Run, epoch: int) -> None:
        if claim(run, owner=self.owner, epoch=epoch):
            log.debug("run=%s task=%s: started", run.pk, run.task)
            self._children.start(run)

    def _shut_down(self, code: int) -> int:
        """Stop firing, let the runs at work end within the limit, give the lease back."""
        if self._ingester:
            self._ingester.ask_to_end()
        if self.epoch is not None:
            self._engine.stop()
            for look in self._looks:
                look.stop()
            if code == CLEAN:
                code = self._let_children_finish(self.epoch)
            try:
                self._children.stop()
                quarantine.sweep()
                drafts.sweep()
                Lease.objects.release(self.owner, self.epoch)
            except Error as error:
                log.warning("the next leader will close the runs: %s", error)
        if self._ingester:
            self._ingester.stop()
        return code

    def _let_children_finish(self, epoch: int) -> int:
        """Keep the lease meanwhile: a next leader would interrupt the run."""
        deadline = time.monotonic() + self._shutdown_seconds
        while not self._children.idle and not self._hurried and time.monotonic() < deadline:
            try:
                self._keep_lease(epoch)
                self._children.watch()
            except LeaseLost:
                log.error("another scheduler leads now: the runs at work are ended")
                return LEASE_LOST
            except Error:
                database.close()
            self._wait(POLL_SECONDS / 2)
        return CLEAN
