"""The one place that every prediction passes; versions that are not live are loaded on demand."""

import math
from collections.abc import Sequence
from datetime import datetime
from time import perf_counter

import msgspec
import numpy as np

from predictions.conf import config
from predictions.contract.answers import Answers, total
from predictions.contract.decoding import Row
from predictions.contract.fields import FieldError
from predictions.counting import prometheus
from predictions.hosted.session import ModelHostAway
from predictions.log import request_counts, spool
from predictions.log.records import ids_from, json_of_ids, new_id
from predictions.models import ModelVersion
from predictions.registry import loading
from predictions.registry.loading import LoadedVersion
from predictions.registry.promotion import VersionRetired
from predictions.registry.shelf import Busy, LastUsed
from predictions.serving import serving
from predictions.serving.serving import ServedModel

MOST_ROWS = 100  # named in one error
Key = tuple[int, datetime, str]


class AlreadyLoading(Exception):
    """This worker is loading another version. It has few threads, and the live versions need one."""


class UnknownVersion(Exception):
    """The model has no version with this label."""


class Shelf(LastUsed[Key, LoadedVersion]):
    """The versions tried last."""

    def __init__(self) -> None:
        super().__init__(lambda: config.TRIED_VERSIONS)

    def get(self, version: ModelVersion, *, waits: bool = False) -> LoadedVersion:
        """Return the version; if it is not loaded yet, the caller's own thread loads it.

        Raises `loading.VersionUnloadable`, or `AlreadyLoading` at once if another thread loads and the
        caller does not wait.
        """
        # Tests that are rolled back use primary keys again.
        key = (version.pk, version.created_at, version.served_form_sha256)
        try:
            return self.fetch(key, lambda: loading.load(version), waits=waits)
        except Busy:
            message = "This worker is loading another version. Try again in a second."
            raise AlreadyLoading(message) from None


shelf = Shelf()


def find(model: str, label: str) -> LoadedVersion:
    """Return any registered version by its label; the live one as it is served already.

    Raises `UnknownVersion`, `VersionRetired`, `loading.VersionUnloadable` or `AlreadyLoading`.
    """
    served = serving.current().models.get(model)
    if served and served.version and served.version.label == label:
        return served.version
    return shelf.get(registered(model, label))


def registered(model: str, label: str) -> ModelVersion:
    """Return the row of a version that can be loaded. Raises `UnknownVersion` or `VersionRetired`."""
    rows = ModelVersion.objects.filter(signature__registered_model__name=model).labelled(label)
    version: ModelVersion | None = rows.select_related("signature__registered_model").first()
    if version is None:
        raise UnknownVersion(f"The model {model} has no version {label}.")
    if version.retired_at is not None:
        raise VersionRetired(f"{version} is retired and its files were deleted. Choose another version.")
    return version


class NoFiniteAnswer(Exception):
    """A version answers valid input with NaN or infinity; `errors` names the rows of a request of many."""

    def __init__(self, errors: list[FieldError]) -> None:
        self.errors = errors
        super().__init__("; ".join(map(str, errors[:3])) + ("; …" if len(errors) > 3 else ""))


class Answered(msgspec.Struct, frozen=True):
    """The answers of a version for some rows, the id of the first, and the seconds for all rows.

    `seconds` is the time from accepted rows to checked answers. It excludes reading the request and replying.
    """

    answers: Answers
    id: str
    seconds: float

    @property
    def ids(self) -> list[str]:
        return ids_from(self.id, len(self.answers.outputs))

    @property
    def ids_json(self) -> msgspec.Raw:
        return json_of_ids(self.id, len(self.answers.outputs))


def compute(version: LoadedVersion, rows: Sequence[Row]) -> Answered:
    """Ask `version` about rows that its signature has accepted; nothing is logged.

    Raises `NoFiniteAnswer`, `ModelHostAway`, or whatever a defect of the version raises.
    """
    started = perf_counter()
    answers = version.predict(rows)
    _refuse_not_finite(version, answers)
    return Answered(answers, new_id(), perf_counter() - started)


def answer(
    version: LoadedVersion, rows: Sequence[Row], *, who: str, body: bytes | None = None,
    served: ServedModel | None = None,
) -> Answered:  # fmt: skip
    """Compute the answers to rows, and log them.

    `who` is the name of the caller's user, empty for an anonymous one. `body` is the JSON of the rows, if the
    signature's reader can read it again: then the log need not encode them. `served` says how they are logged
    in a process that does not follow the ledger.
    Raises `NoFiniteAnswer` or `serving.HostAway`: then nothing is logged.
    """
    served = served or serving.current().models.get(version.model)
    try:
        answered = compute(version, rows)
    except ModelHostAway as error:
        raise serving.HostAway(str(error)) from error
    except Exception:
        if served and served.version is version:
            _ask_before(served, version, rows, who)
        raise
    if served:
        keep(served, version, rows, answered, who=who, body=body)
    return answered


def count_failure(version: LoadedVersion, error: Exception, *, who: str) -> None:
    """Count a valid request that the version could not answer."""
    request_counts.counts.failed(version, error, who=who)
    prometheus.count("predictions_failed", model=version.model)


def keep(
    served: ServedModel, version: LoadedVersion, rows: Sequence[Row], answered: Answered, *, who: str,
    body: bytes | None,
) -> None:  # fmt: skip
    """Log the answers, as the model's log rate and redacted features say."""
    spool.append(
        version, id=answered.id, rows=rows, body=body, answers=answered.answers, seconds=answered.seconds,
        who=who, log_rate=served.log_rate, redacted=served.redacted,
    )  # fmt: skip


def _ask_before(served: ServedModel, version: LoadedVersion, rows: Sequence[Row], who: str) -> None:
    """Count whether the version before can answer, for the watch: if not, the live one is not at fault."""
    before = served.before
    if before is None or before.spec.features != version.spec.features:
        return
    try:
        _refuse_not_finite(before, before.predict(rows))
    except Exception:
        request_counts.counts.compared(version, who=who, before_answers=False)
    else:
        request_counts.counts.compared(version, who=who, before_answers=True)


def _refuse_not_finite(version: LoadedVersion, answers: Answers) -> None:
    """Raise `NoFiniteAnswer` for NaN or infinity. The sum shows them, and is the fastest way."""
    if version.spec.task == "regression":
        if math.isfinite(sum(answers.outputs)):
            return
        finite = np.isfinite(np.asarray(answers.outputs, dtype=float))
    elif answers.probabilities is None:
        return
    else:
        if math.isfinite(total(answers.probabilities)):
            return
        finite = np.isfinite(answers.probabilities).all(axis=1)
    many = len(answers.outputs) > 1
    if rows := np.flatnonzero(~finite)[:MOST_ROWS].tolist():
        message, field = "The model's answer for this row is not a finite number", version.spec.output_name
        errors = [FieldError(field=field, message=message, row=row if many else None) for row in rows]
        raise NoFiniteAnswer(errors)
