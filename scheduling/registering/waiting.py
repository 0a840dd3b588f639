"""How long a request may occupy a thread of a web worker: one of them receives or waits, and no more."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rest_framework.exceptions import Throttled

from predictions.models import ModelVersion, Worker
from predictions.zone import to_second
from scheduling.models import Lease, Run
from scheduling.models.schedule import LANE_OF

POLL_SECONDS = 0.2
GIVES_WAY_SECONDS = 1.0
SWAP_SECONDS = 2.0
COME = {False: "comes", True: "come"}


class WorkerBusy(Throttled):
    """This worker receives another upload: one more would leave no thread for predictions."""

    default_detail = "This worker is receiving another upload. Try again in a few seconds."

    def __init__(self) -> None:
        super().__init__(wait=2)


class RunFailed(Exception):
    """The run of a registration ended without doing it, for a reason that is not in what was sent."""


class Slot:
    """The one thread of a worker that uploads may occupy. Who only waits for a run gives way."""

    def __init__(self) -> None:
        self._taken, self._wanted = threading.Lock(), threading.Event()
        self._gives_way = False

    @contextmanager
    def occupied(self) -> Iterator[None]:
        """Raises `WorkerBusy`."""
        if not self._taken.acquire(blocking=False):
            if not self._gives_way:
                raise WorkerBusy
            self._wanted.set()
            if not self._taken.acquire(timeout=GIVES_WAY_SECONDS):
                raise WorkerBusy
        self._wanted.clear()
        try:
            yield
        finally:
            self._taken.release()

    def wait(self, run: Run, *, seconds: float, gives_way: bool = True) -> bool:
        """Wait inside `occupied` until the run has ended, or somebody else needs the slot."""
        deadline, self._gives_way = time.monotonic() + seconds, gives_way
        try:
            while (is_unfinished := _is_unfinished(run)) and time.monotonic() < deadline:
                if gives_way and self._wanted.is_set():
                    break
                pause(POLL_SECONDS, self._wanted if gives_way else None)
        finally:
            self._gives_way = False
        run.refresh_from_db()
        return not is_unfinished


slot = Slot()


def pause(seconds: float, event: threading.Event | None) -> None:
    """Sleep, or less where the event comes."""
    event.wait(seconds) if event else time.sleep(seconds)


def _is_unfinished(run: Run) -> bool:
    return Run.objects.unfinished().filter(pk=run.pk).exists()


def why_unfinished(run: Run) -> str:
    """Say what a run waits for: a step of its own, the runs before it, or a scheduler."""
    if run.status == Run.Status.RUNNING:
        return f"Run {run.pk} has started and is at this step: {run.step or 'starting'}."
    since = f"Run {run.pk} has waited since {to_second(run.created_at)}"
    if not Lease.objects.held().exists():
        return f"{since}, because no scheduler is running. Start one."
    lane = LANE_OF[run.task]
    queue = list(Run.objects.queued().in_lane(lane).values_list("pk", flat=True))
    before = queue.index(run.pk) if run.pk in queue else 0
    busy = Run.objects.running().in_lane(lane).first()
    if busy is not None and busy.started_at is not None:
        since += f" for {busy}, which has been at work since {to_second(busy.started_at)}"
    if before:
        return (
            f"{since}. {before} other run{'s' if before > 1 else ''} in the queue {COME[before > 1]} first."
        )
    return f"{since}. It starts as soon as that has ended." if busy else f"{since}. It starts within seconds."


def wait_until_served(version: ModelVersion) -> None:
    """Wait until every worker has loaded what has just gone live, for at most two seconds."""
    deadline = time.monotonic() + SWAP_SECONDS
    model = version.registered_model.name
    while time.monotonic() < deadline and Worker.objects.lagging(model, version.label).exists():
        pause(POLL_SECONDS / 2, None)
