"""Keeps what a web worker serves equal to the ledger.

It asks four times a second which version of each model is live, loads a new one beside the old, and
only then swaps: no request waits for a load, and none asks the database.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import Error, connection

from predictions.counting import prometheus
from predictions.models import ModelVersion, RegisteredModel
from predictions.models.live import with_live
from predictions.registry import loading
from predictions.serving import manifest, serving
from predictions.serving.manifest import KeptModel, Manifest, ManifestUnusable
from predictions.serving.worker_report import WorkerReport

log = logging.getLogger("predictions.serving.follower")
RETRY_SECONDS = 5.0


@dataclass(frozen=True)
class Wanted:
    """A model, from its row or from the manifest, and the id of the version that should be served."""

    model: RegisteredModel | KeptModel
    version_id: int | None


def live_now() -> list[Wanted]:
    """Every registered model with the id of its live version, in one query."""
    return [Wanted(model, model.live_version_id) for model in with_live(RegisteredModel.objects.all())]


class Follower:
    """One step: ask, load what is new, swap, keep, report. The thread repeats it."""

    def __init__(self) -> None:
        self._failed: dict[int, tuple[float, str]] = {}
        self._before: dict[str, loading.LoadedVersion] = {}  # warm, so that a roll back loads nothing
        self._remembered: Manifest | None = None  # until the ledger is read: what an earlier worker kept
        self._written: list[KeptModel] | None = None
        self._report = WorkerReport()

    def step(self) -> None:
        """Bring what is served up to date; a database that is away leaves it as it is."""
        try:
            self._swap(self._next_snapshot(live_now()))
            self._remembered = None
            self._keep(serving.current())
            self._report.write(serving.current())
        except Error as error:
            self._go_on_without(error)
            connection.close()

    def _swap(self, snapshot: serving.Snapshot) -> None:
        prometheus.serve(model.version for model in snapshot.models.values() if model.version)
        serving.swap(snapshot)

    def _go_on_without(self, error: Error) -> None:
        """Serve from memory; in a process that never read the ledger, what was live the last time."""
        if not serving.current().database_away:
            why = str(error).partition("\n")[0]
            log.warning("the database is away, serving what is known: %s", why)
            if not serving.current().known and settings.REHEARSAL_VERSION is None:
                self._remembered = _last_known()
        snapshot = serving.current()
        if self._remembered:
            snapshot = self._next_snapshot(_wanted_by(self._remembered))
        self._swap(replace(snapshot, database_away=True, checked_at=time.monotonic()))

    def _keep(self, snapshot: serving.Snapshot) -> None:
        """Write what is served to disk where it changed; a full disk stops nothing here."""
        models = [
            KeptModel(
                name=m.name,
                public=m.public,
                is_default=m is snapshot.default,
                output_name=m.output_name,
                invalid_input_message=m.invalid_input_message,
                log_rate=m.log_rate,
                redacted_features=sorted(m.redacted),
                version=m.version.known if m.version else None,
            )
            for m in snapshot.models.values()
        ]
        if settings.REHEARSAL_VERSION is not None or self._written == models:
            return
        self._written = models
        try:
            manifest.write(Manifest(models=models, written_at=time.time()))
        except OSError as error:
            log.error("what is live is not kept for a start without a database: %s", error)

    def _next_snapshot(self, wanted: Sequence[Wanted]) -> serving.Snapshot:
        models, problems, default = {}, {}, None
        for one in wanted:
            model = one.model
            version, problem = self._version_for(model.name, one.version_id)
            models[model.name] = served = serving.ServedModel(
                name=model.name,
                public=model.public,
                output_name=version.spec.output_name if version else model.output_name,
                invalid_input_message=model.invalid_input_message,
                log_rate=model.log_rate,
                redacted=frozenset(model.redacted_features),
                version=version,
                before=self._before_of(model.name, version),
            )
            if model.is_default:
                default = served
            if problem:
                problems[model.name] = problem
        self._forget_others({one.version_id for one in wanted}, models)
        return serving.Snapshot(
            models=models,
            default=default,
            problems=problems,
            known=True,
            checked_at=time.monotonic(),
        )

    def _before_of(self, name: str, version: loading.LoadedVersion | None) -> loading.LoadedVersion | None:
        """The version that was served before this one; remembered from one flip to the next."""
        was = serving.current().models.get(name)
        if was and was.version and version and was.version is not version:
            self._before[name] = was.version
        return self._before.get(name)

    def _forget_others(self, wanted: set[int | None], models: dict[str, serving.ServedModel]) -> None:
        """Keep one version before, per model; nothing here grows with the number of flips."""
        self._before = {name: version for name, version in self._before.items() if name in models}
        self._failed = {i: failure for i, failure in self._failed.items() if i in wanted}

    def _version_for(self, model: str, version_id: int | None) -> tuple[loading.LoadedVersion | None, str]:
        """Return the version to serve and, where that is not the live one, why."""
        if version_id is None:
            return None, ""
        served = serving.current().models.get(model)
        loaded = served.version if served else None
        if loaded and loaded.version_id == version_id:
            return loaded, ""
        before = self._before.get(model)
        if before and before.version_id == version_id:
            log.info("model=%s version=%s: now serving %s, still loaded", model, before.label, before.name)
            return before, ""
        failed_at, why = self._failed.get(version_id, (-RETRY_SECONDS, ""))
        if time.monotonic() - failed_at < RETRY_SECONDS:
            return loaded, why
        return self._load(model, version_id, loaded)

    def _load(
        self, model: str, version_id: int, fallback: loading.LoadedVersion | None
    ) -> tuple[loading.LoadedVersion | None, str]:
        known = self._loadable(version_id)
        try:
            loaded = loading.load_from(known)
        except loading.VersionUnloadable as error:
            problem = f"{error} (still serving {fallback.label if fallback else 'nothing'})"
            self._failed[version_id] = (time.monotonic(), problem)
            prometheus.count_load_failure(model)
            log.error("model=%s version=%s: %s", model, known.label, problem)
            return fallback, problem
        log.info("model=%s version=%s: now serving %s", model, loaded.label, loaded.name)
        return loaded, ""

    def _loadable(self, version_id: int) -> loading.Loadable:
        """From the manifest in a process that has not read the ledger yet; else from the rows."""
        if self._remembered:
            versions = [m.version for m in self._remembered.models if m.version]
            return next(version for version in versions if version.version_id == version_id)
        version = ModelVersion.objects.select_related("signature__registered_model").get(pk=version_id)
        return loading.Loadable.of(version)


def _last_known() -> Manifest | None:
    """What an earlier worker kept; None, and a line in the log, where that cannot be used."""
    try:
        kept = manifest.read()
    except ManifestUnusable as error:
        log.error("nothing is served until the database is back: %s", error)
        return None
    log.warning(
        "serving what was live at %s, until the database is back", f"{kept.written:%Y-%m-%d %H:%M:%S} UTC"
    )
    return kept


def _wanted_by(kept: Manifest) -> list[Wanted]:
    return [Wanted(m, m.version.version_id if m.version else None) for m in kept.models]
