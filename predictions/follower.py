"""The thread of a web worker that keeps what is served equal to the ledger.

It asks four times a second which version of each model is live, loads a new one beside the old, and
only then swaps: no request waits for a load, and none asks the database.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import socket
import threading
import time
from dataclasses import replace
from multiprocessing.util import Finalize

from django.conf import settings
from django.db import Error, close_old_connections, connection
from django.utils import timezone

from predictions import serving
from predictions.models import ModelVersion, RegisteredModel, Worker
from predictions.models.worker import SEEN_EVERY

log = logging.getLogger("predictions.follower")
POLL_SECONDS = 0.25
RETRY_SECONDS = 5.0


def live_now() -> list[tuple[RegisteredModel, int | None]]:
    """Every registered model with the id of its live version, in one query."""
    return [(model, model.live_version_id) for model in RegisteredModel.objects.with_live()]


class Follower:
    """One step: ask, load what is new, swap, report. The thread repeats it."""

    def __init__(self) -> None:
        self._failed: dict[int, tuple[float, str]] = {}
        self._reported: tuple[dict[str, str], str] | None = None
        self._reported_at = 0.0

    def step(self) -> None:
        """Bring what is served up to date; a database that is away leaves it as it is."""
        try:
            serving.swap(self._next_snapshot(live_now()))
            self._report()
        except Error as error:
            if not serving.current().database_away:
                log.warning("the database is away, serving on from memory: %s", error)
            serving.swap(replace(serving.current(), database_away=True, checked_at=time.monotonic()))
            connection.close()

    def _next_snapshot(self, wanted: list[tuple[RegisteredModel, int | None]]) -> serving.Snapshot:
        models, problems, default = {}, {}, None
        for model, version_id in wanted:
            version, problem = self._version_for(model.name, version_id)
            models[model.name] = served = serving.ServedModel(
                name=model.name,
                public=model.public,
                output_name=version.spec.output_name if version else model.output_name,
                invalid_input_message=model.invalid_input_message,
                version=version,
            )
            if model.is_default:
                default = served
            if problem:
                problems[model.name] = problem
        return serving.Snapshot(
            models=models,
            default=default,
            problems=problems,
            known=True,
            checked_at=time.monotonic(),
        )

    def _version_for(self, model: str, version_id: int | None) -> tuple[serving.LoadedVersion | None, str]:
        """Return the version to serve and, where that is not the live one, why."""
        if version_id is None:
            return None, ""
        before = serving.current().models.get(model)
        loaded = before.version if before else None
        if loaded and loaded.version_id == version_id:
            return loaded, ""
        failed_at, why = self._failed.get(version_id, (-RETRY_SECONDS, ""))
        if time.monotonic() - failed_at < RETRY_SECONDS:
            return loaded, why
        return self._load(model, version_id, loaded)

    def _load(
        self, model: str, version_id: int, fallback: serving.LoadedVersion | None
    ) -> tuple[serving.LoadedVersion | None, str]:
        version = ModelVersion.objects.select_related("signature__registered_model").get(pk=version_id)
        try:
            loaded = serving.load(version)
        except serving.VersionUnloadable as error:
            problem = f"{error} (still serving {fallback.label if fallback else 'nothing'})"
            self._failed[version_id] = (time.monotonic(), problem)
            log.error("model=%s version=%s: %s", model, version.label, problem)
            return fallback, problem
        log.info("model=%s version=%s: now serving %s", model, loaded.label, loaded.name)
        return loaded, ""

    def _report(self) -> None:
        """Write to `Worker` what is served: at once when it changed, else every few seconds."""
        if settings.REHEARSAL_VERSION is not None:
            return
        snapshot = serving.current()
        serves = {m.name: m.version.label for m in snapshot.models.values() if m.version}
        now = (serves, "; ".join(snapshot.problems.values()))
        changed = now != self._reported
        if not changed and time.monotonic() - self._reported_at < SEEN_EVERY.total_seconds():
            return
        columns = {"serves": now[0], "problem": now[1], "seen_at": timezone.now()}
        if changed:
            columns["since"] = timezone.now()
        Worker.objects.gone().delete()
        Worker.objects.update_or_create(
            host=socket.gethostname(),
            pid=os.getpid(),
            defaults=columns,
            create_defaults=columns | {"since": timezone.now()},
        )
        self._reported, self._reported_at = now, time.monotonic()


def start(follower: Follower | None = None) -> None:
    """Load what is live, then follow it in a thread. Called by `wsgi.py`, once in each worker."""
    follower = follower or Follower()
    follower.step()
    stopped = threading.Event()
    thread = threading.Thread(target=_follow, args=(follower, stopped), name="follower", daemon=True)
    thread.start()
    # atexit never runs in a forked worker; this does, on TERM and HUP.
    Finalize(follower, _stop, args=(stopped, thread), exitpriority=10)


def _follow(follower: Follower, stopped: threading.Event) -> None:
    # Not getppid(): the main process may have ended while this one was still importing.
    main = multiprocessing.parent_process()
    parent = main.pid if main else os.getppid()
    while not stopped.wait(POLL_SECONDS):
        if os.getppid() != parent:
            log.error("the server's main process is gone: worker %s ends", os.getpid())
            os._exit(1)  # an orphan would go on answering with what it has
        try:
            close_old_connections()
            follower.step()
        except Exception:  # the thread must live: `checked_at` tells /health/ready if it cannot
            log.exception("the follower failed")


def _stop(stopped: threading.Event, thread: threading.Thread) -> None:
    stopped.set()
    thread.join(timeout=2)
    if settings.REHEARSAL_VERSION is None:
        try:
            Worker.objects.filter(host=socket.gethostname(), pid=os.getpid()).delete()
        except Error as error:
            log.warning("could not sign off: %s", error)
