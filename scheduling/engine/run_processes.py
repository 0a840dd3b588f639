"""The scheduler's children: one for each run, started, watched and stopped; and the ingester."""

import logging
import signal
import subprocess
import time
from dataclasses import dataclass

from scheduling.engine import limited_process
from scheduling.engine.time_limits import Stages
from scheduling.models import Run
from scheduling.models.schedule import Lane
from scheduling.runs.transitions import fail, interrupt

log = logging.getLogger("scheduling.runs")
GRACE_SECONDS = 5.0  # for a child to end by itself after its run was closed
STOP_SECONDS = 2.0
PAUSE_SECONDS = 5.0  # before the ingester is started again: one that fails at its start would fail at once
DATABASE_AWAY = 75  # how a child ends that cannot write to its run


@dataclass
class Child:
    """A process and the run it works on."""

    run: Run
    process: subprocess.Popen[bytes]
    stages: Stages
    closed_since: float | None = None


class Children:
    """At most one child in each lane; how loud the log is on a run that failed."""

    def __init__(self, *, failed: int = logging.ERROR) -> None:
        self._failed = failed
        self._children: list[Child] = []

    @property
    def idle(self) -> bool:
        return not self._children

    @property
    def free_lanes(self) -> list[Lane]:
        busy = {one.run.lane for one in self._children}
        return [lane for lane in Lane if lane not in busy]

    def start(self, run: Run) -> None:
        """Start the child of a run that was claimed. Call from the main thread."""
        process = limited_process.start("runjob", str(run.pk), "--epoch", str(run.epoch))
        self._children.append(Child(run=run, process=process, stages=Stages(time.monotonic())))

    def close_orphans(self, epoch: int) -> None:
        """Close runs that were claimed and whose child was never started: a fault came in between."""
        ours = [one.run.pk for one in self._children]
        orphans = Run.objects.running().filter(epoch=epoch).exclude(pk__in=ours)
        if orphans.exists():
            interrupt(orphans, reason="Interrupted: the scheduler could not start the process of this run.")

    def watch(self) -> None:
        """Reap those that ended, stop those over their limit or whose run is closed."""
        for one in list(self._children):
            if one.process.poll() is not None:
                self._reap(one)
                continue
            status, step = Run.objects.values_list("status", "step").get(pk=one.run.pk)
            if why := one.stages.over_limit(step, now=time.monotonic()):
                limited_process.end(one.process)
                self._reap(one, why)
                continue
            if status != Run.Status.RUNNING:
                one.closed_since = one.closed_since or time.monotonic()
                patience = 0 if status == Run.Status.CANCELLED else GRACE_SECONDS  # to end by itself
                if time.monotonic() - one.closed_since >= patience:
                    limited_process.end(one.process)

    def _reap(self, one: Child, why: str = "") -> None:
        """Close the run of a child that could not do it itself; log the one line of the run."""
        code = one.process.wait()
        limited_process.end(one.process)  # whatever it started and left behind
        if code == DATABASE_AWAY:
            reason = "Interrupted: the database stopped answering, or its disk is full."
            interrupt(Run.objects.filter(pk=one.run.pk), reason=reason)
        else:
            why = why or f"the process of this run ended unexpectedly with {limited_process.described(code)}"
            fail(one.run, f"{why}.")
        self._children.remove(one)
        log_end(one.run, failed=self._failed)

    def stop(self) -> None:
        for one in self._children:
            limited_process.end(one.process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for one in self._children:
            try:
                one.process.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("run=%s: its process does not stop, so it is killed", one.run.pk)
            limited_process.end(one.process)
            one.process.wait()
            interrupt(Run.objects.filter(pk=one.run.pk), reason="Interrupted: the scheduler was stopped.")
            log_end(one.run, failed=self._failed)
        self._children.clear()


def log_end(run: Run, *, failed: int = logging.ERROR) -> None:
    """Log the one line of a run, with its ids."""
    run.refresh_from_db()
    log.log(
        failed if run.status == Run.Status.FAILED else logging.INFO,
        "run=%s task=%s model=%s candidate=%s status=%s decision=%s seconds=%.1f: %s",
        run.pk, run.task, run.registered_model.name, run.candidate and run.candidate.label,
        run.status, run.decision or None, run.seconds or 0.0, run.reason,
    )  # fmt: skip


class Ingester:
    """`manage.py ingest_predictions` as a child: it stores the prediction log; restarted when it ends."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = -PAUSE_SECONDS

    def watch(self) -> None:
        """Start it if it is not running. Call from the main thread."""
        if self._process and (code := self._process.poll()) is not None:
            log.error("the ingester ended with %s: it is started again", limited_process.described(code))
            self._process = None
        if self._process is None and time.monotonic() - self._started_at >= PAUSE_SECONDS:
            self._process = limited_process.start("ingest_predictions")
            self._started_at = time.monotonic()

    def ask_to_end(self) -> None:
        """Let it write what it has read; it continues where it stopped, however it ended."""
        if self._process:
            self._process.terminate()

    def stop(self) -> None:
        if self._process:
            try:
                self._process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
