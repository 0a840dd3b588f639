"""Keeps what a web worker serves equal to the ledger.

Four times a second it reads which version of each model is live, loads a new one beside the old one, and
only then swaps them: no request waits for a load or queries the database.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from django.db import Error

from predictions import database
from predictions.counting import prometheus
from predictions.hosted.session import HOW
from predictions.models import ModelVersion, RegisteredModel
from predictions.models.promotion import with_live
from predictions.registry import loading
from predictions.serving import serving
from predictions.serving.serving import KeptModel, Manifest, ManifestUnusable
from predictions.serving.worker_report import WorkerReport
from predictions.zone import to_second

log = logging.getLogger("predictions.serving.follower")
RETRY_SECONDS = 5.0
Loaded = loading.LoadedVersion | None
Model = RegisteredModel | KeptModel  # from the database, or from the manifest without one


class Follower:
    """One step: read the ledger, load what is new, swap, keep, report. The thread repeats it."""

    def __init__(self) -> None:
        self._failed: dict[int, tuple[float, str]] = {}
        self._without_host: set[int] = set()  # versions that wait for the model host
        self._before: dict[str, loading.LoadedVersion] = {}  # served before; so a roll back loads nothing
        self._remembered: Manifest | None = None  # until it has read the ledger: what an earlier worker kept
        self._written: list[KeptModel] | None = None
        self._write_again_at = 0.0  # after a failure, such as a full disk
        self._report = WorkerReport()

    def step(self) -> None:
        """Bring what is served up to date. Without a database it stays as it is."""
        try:
            self._swap(self._next_snapshot(list(with_live(RegisteredModel.objects.all()))))
            self._remembered = None
            self._keep(serving.current())
            self._report.write(serving.current())
        except Error as error:
            self._go_on_without(error)
            database.close()

    def _swap(self, snapshot: serving.Snapshot) -> None:
        prometheus.serve(model.version for model in snapshot.models.values() if model.version)
        serving.swap(snapshot)

    def _go_on_without(self, error: Error) -> None:
        """Serve from memory; in a process that never read the ledger, what was live the last time."""
        snapshot = serving.current()
        if not snapshot.database_away:
            message = "The database does not answer; predictions continue with the loaded versions: %s"
            log.warning(message, database.why(error))
            if not snapshot.known:
                self._remembered = _last_known()
        if self._remembered:
            snapshot = self._next_snapshot(self._remembered.models)
        self._swap(replace(snapshot, database_away=True, checked_at=time.monotonic()))

    def _keep(self, snapshot: serving.Snapshot) -> None:
        """Write what is served to disk if it changed. A full disk is logged, and tried again later."""
        models = [
            KeptModel(
                name=m.name, public=m.public, is_default=m is snapshot.default, output_name=m.output_name,
                invalid_input_message=m.invalid_input_message, log_rate=m.log_rate,
                redacted_features=sorted(m.redacted), version=m.version.known if m.version else None,
            )
            for m in snapshot.models.values()
        ]  # fmt: skip
        if self._written == models or time.monotonic() < self._write_again_at:
            return
        try:
            Manifest(models=models, written_at=time.time()).write()
            self._written = models
        except OSError as error:
            self._write_again_at = time.monotonic() + RETRY_SECONDS
            log.error("A worker that starts without a database will miss the latest versions: %s", error)

    def _next_snapshot(self, models: Sequence[Model]) -> serving.Snapshot:
        served, problems, without_host = {}, {}, set()
        for model in models:
            version, problem = self._version_for(model)
            if version and not problem and version.host_is_away:
                problem = (
                    f"{version.model} {version.label} is not answered: the model host does not run. {HOW}"
                )
                without_host.add(model.name)
            was = serving.current().models.get(model.name)
            if was and was.version and version and was.version is not version:
                self._before[model.name] = was.version
            served[model.name] = serving.ServedModel(
                name=model.name, public=model.public,
                output_name=version.spec.output_name if version else model.output_name,
                invalid_input_message=model.invalid_input_message, log_rate=model.log_rate,
                redacted=frozenset(model.redacted_features), version=version,
                before=self._before.get(model.name),
            )  # fmt: skip
            if problem:
                problems[model.name] = problem
            if problem and model.live_version_id in self._without_host:
                without_host.add(model.name)
        # Nothing here grows with the number of promotions.
        wanted = {model.live_version_id for model in models}
        self._before = {name: version for name, version in self._before.items() if name in served}
        self._failed = {i: failure for i, failure in self._failed.items() if i in wanted}
        self._without_host &= wanted
        default = next((served[model.name] for model in models if model.is_default), None)
        return serving.Snapshot(
            models=served, default=default, problems=problems, without_host=frozenset(without_host),
            known=True, checked_at=time.monotonic(),
        )  # fmt: skip

    def _version_for(self, model: Model) -> tuple[Loaded, str]:
        """Return the version to serve and, if that is not the live one, why."""
        version_id = model.live_version_id
        if version_id is None:
            return None, ""
        served = serving.current().models.get(model.name)
        loaded = served.version if served else None
        if loaded and loaded.version_id == version_id:
            return loaded, ""
        before = self._before.get(model.name)
        if before and before.version_id == version_id:
            log.info("model=%s version=%s: now serving %s, still loaded", model, before.label, before.name)
            return before, ""
        failed_at, why = self._failed.get(version_id, (-RETRY_SECONDS, ""))
        if time.monotonic() - failed_at < RETRY_SECONDS:
            return loaded, why
        return self._load(model, version_id, loaded)

    def _load(self, model: Model, version_id: int, fallback: Loaded) -> tuple[Loaded, str]:
        known = model.version if isinstance(model, KeptModel) else None
        if known is None:
            rows = ModelVersion.objects.select_related("signature__registered_model")
            known = loading.Loadable.of(rows.get(pk=version_id))
        self._without_host.discard(version_id)
        try:
            loaded = loading.load_from(known)
        except loading.VersionUnloadable as error:
            if isinstance(error, loading.HostAbsent):
                self._without_host.add(version_id)
            problem = f"{error} (still serving {fallback.label if fallback else 'nothing'})"
            self._failed[version_id] = (time.monotonic(), problem)
            prometheus.count("model_load_failures", model=model.name)
            log.error("model=%s version=%s: %s", model, known.label, problem)
            return fallback, problem
        log.info("model=%s version=%s: now serving %s", model, loaded.label, loaded.name)
        return loaded, ""


def _last_known() -> Manifest | None:
    """Return what an earlier worker kept; None, and a line in the log, if that cannot be used."""
    try:
        kept = Manifest.read()
    except ManifestUnusable as error:
        log.error("This worker serves nothing until the database answers: %s", error)
        return None
    written = datetime.fromtimestamp(kept.written_at, UTC)
    log.warning("This worker serves what was live at %s until the database answers.", to_second(written))
    return kept
