"""The main loop of `manage.py runapscheduler`: lead if nobody does, start runs, watch them."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import uuid

from django.conf import settings
from django.db import Error, close_old_connections, connection, transaction

from scheduling.children import Children
from scheduling.engine import Engine
from scheduling.keep_alive import CLEAN, LEASE_LOST
from scheduling.models import Lease, Run, Schedule

log = logging.getLogger("scheduling.supervisor")
POLL_SECONDS = 0.5
SILENCE_SECONDS = 60.0  # longer than any wait for a locked database

FAULT = 1


class Supervisor:
    """One process that may lead. `run()` returns the exit code: 0 clean, 1 fault, 75 lease lost."""

    def __init__(self) -> None:
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self.epoch: int | None = None
        self._stop = threading.Event()
        self._engine = Engine()
        self._children = Children()
        self._renewed_at = 0.0
        self._database_away = False

    def stop(self) -> None:
        """Ask the loop to end; safe in a signal handler."""
        self._stop.set()

    def run(self) -> int:
        """Lead or stand by until asked to stop, or until leading is no longer possible."""
        log.info("scheduler %s: standing by", self.owner)
        code = CLEAN
        try:
            while not self._stop.is_set() and code == CLEAN:
                code = self._guarded_step()
                self._stop.wait(POLL_SECONDS)
        except Exception:
            log.exception("the scheduler failed")
            code = FAULT
        self._shut_down(code)
        return code

    def _guarded_step(self) -> int:
        """One step; a database that is away is waited for."""
        try:
            close_old_connections()
            code = self._step()
        except Error as error:
            if not self._database_away:
                log.warning("the database is away, waiting for it: %s", str(error).partition("\n")[0])
            self._database_away = True
            connection.close()
            return CLEAN
        if self._database_away:
            log.info("the database is back")
        self._database_away = False
        return code

    def _step(self) -> int:
        if self.epoch is None:
            self._try_to_lead()
            return CLEAN
        if not self._keep_lease():
            log.error("another scheduler leads now: this one ends")
            return LEASE_LOST
        if self._engine.silence > SILENCE_SECONDS:
            log.critical("the scheduler's thread has died: this process ends, to be started again")
            return FAULT
        self._engine.reconcile(Schedule.objects.enabled())
        self._engine.wake_up()
        self._children.close_orphans(self.epoch)
        self._children.watch()
        if self._children.free:
            self._start_next()
        return CLEAN

    def _try_to_lead(self) -> None:
        """Take the lease and close the old leader's runs in one transaction: the run is the fence."""
        with transaction.atomic():
            epoch = Lease.objects.take(self.owner)
            interrupted = Run.objects.interrupt_others(epoch=epoch) if epoch else 0
        if epoch:
            self.epoch, self._renewed_at = epoch, time.monotonic()
            log.info("leading with epoch %s; %s runs were left interrupted", epoch, interrupted)
            self._engine.start()

    def _keep_lease(self) -> bool:
        assert self.epoch is not None
        if time.monotonic() - self._renewed_at < settings.LEASE_SECONDS / 3:
            return True
        kept = Lease.objects.renew(self.owner, self.epoch)
        self._renewed_at = time.monotonic()
        return kept

    def _start_next(self) -> None:
        run = Run.objects.queued().first()
        if run and self._claim(run):
            run.refresh_from_db()
            log.debug("run=%s task=%s: started", run.pk, run.task)
            self._children.start(run)

    def _claim(self, run: Run) -> bool:
        """Claim under the lease: a leader that was frozen must not start what another has."""
        with transaction.atomic():
            kept = Lease.objects.is_kept_by(self.owner, self.epoch or 0)
            return kept and Run.objects.claim(run, epoch=self.epoch or 0)

    def _shut_down(self, code: int) -> None:
        """Stop firing, stop the children, give the lease back; a fault keeps none of it waiting."""
        if self.epoch is None:
            return
        self._engine.stop()
        try:
            self._children.stop()
            Lease.objects.release(self.owner, self.epoch)
        except Error as error:
            log.warning("the next leader will close the runs: %s", error)
        log.info("scheduler %s: stopped with code %s", self.owner, code)
