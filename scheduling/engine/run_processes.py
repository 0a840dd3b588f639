"""The children that do the work of runs: started, watched, stopped, and their runs closed."""

import logging
import signal
import subprocess
import time
from dataclasses import dataclass, field

from django.conf import settings

from scheduling.engine import limited_process
from scheduling.models import Run
from scheduling.models.schedule import Lane
from scheduling.runs.recording import interrupt

log = logging.getLogger("scheduling.runs")
GRACE_SECONDS = 5.0  # for a child to end by itself after its run was closed
STOP_SECONDS = 2.0
DATABASE_AWAY = 75  # how a child ends that cannot write to its run


@dataclass
class Child:
    """A process and the run it works on."""

    run: Run
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    closed_since: float | None = None


class Children:
    """At most one child in each lane."""

    def __init__(self) -> None:
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
        self._children.append(Child(run=run, process=process))

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
            elif time.monotonic() - one.started > settings.RUN_TIME_LIMIT_SECONDS:
                limited_process.end(one.process)
                limit = f"{settings.RUN_TIME_LIMIT_SECONDS} s (RUN_TIME_LIMIT_SECONDS)"
                self._reap(one, f"the run was stopped at its time limit of {limit}")
            else:
                self._end_with_its_run(one)

    def _end_with_its_run(self, one: Child) -> None:
        """Kill the child of a cancelled run; one whose run is closed gets the time to end by itself."""
        status = Run.objects.values_list("status", flat=True).get(pk=one.run.pk)
        if status == Run.Status.RUNNING:
            return
        one.closed_since = one.closed_since or time.monotonic()
        patience = 0 if status == Run.Status.CANCELLED else GRACE_SECONDS
        if time.monotonic() - one.closed_since >= patience:
            limited_process.end(one.process)

    def _reap(self, one: Child, why: str = "") -> None:
        """Close the run of a child that could not do it itself; log the one line of the run."""
        code = one.process.wait()
        limited_process.end(one.process)  # whatever it started and left behind
        if code == DATABASE_AWAY:
            reason = "Interrupted: the database stopped answering."
            interrupt(Run.objects.filter(pk=one.run.pk), reason=reason)
        else:
            why = why or f"the process of this run ended unexpectedly with {limited_process.described(code)}"
            reason = f"Not promoted: {why}."
            ended = {"status": Run.Status.FAILED, "decision": Run.Decision.BLOCKED}
            Run.objects.close(one.run, **ended, reason=reason)
        self._children.remove(one)
        log_end(one.run)

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
            log_end(one.run)
        self._children.clear()


def log_end(run: Run) -> None:
    """Log the one line of a run, with its ids."""
    run.refresh_from_db()
    level = logging.ERROR if run.status == Run.Status.FAILED else logging.INFO
    log.log(
        level,
        "run=%s task=%s model=%s candidate=%s status=%s decision=%s seconds=%.1f: %s",
        run.pk, run.task, run.registered_model.name, run.candidate and run.candidate.label,
        run.status, run.decision or None, run.seconds or 0.0, run.reason,
    )  # fmt: skip
