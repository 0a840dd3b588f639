"""Storing the true labels of logged predictions: one or many, as often as they are sent."""

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone

from predictions import database
from predictions.models import Feedback, Prediction, RegisteredModel, Signature
from predictions.models.people.access import May

ROWS = 500  # of one transaction: no other process waits long for the write lock
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ON_ITS_WAY = timedelta(minutes=1)  # from the reply until the prediction is in the database, at most


class FeedbackRefused(Exception):
    """A label that is not stored; `field` is the field of the request that is wrong."""

    field = "label"


class PredictionUnknown(FeedbackRefused):
    """The prediction was never logged, or it was removed for its age."""

    field = "prediction_id"


class PredictionNotLoggedYet(FeedbackRefused):
    """The prediction was made a moment ago, and is still on its way into the log."""

    field = "prediction_id"


class LabelInvalid(FeedbackRefused):
    """The label is not one of the signature's, or the value is not a finite number."""


class FeedbackDiffers(FeedbackRefused):
    """The prediction has another label already, and that one stays."""


class Given(NamedTuple):
    """One label as a client sends it."""

    prediction_id: UUID
    label: Any


@dataclass(kw_only=True)
class Taken:
    """How many labels were stored; `refused` has the place of each refused one in the request, and why."""

    stored: int = 0
    unchanged: int = 0
    refused: list[tuple[int, FeedbackRefused]] = field(default_factory=list)


def take(given: Sequence[Given], *, by: Any) -> Taken:
    """Store labels in short transactions, by id, so that two callers never wait for each other.

    Predictions of models for which the user `by` may not tell labels are unknown to them.
    """
    taken = Taken()
    in_order = sorted(enumerate(given), key=lambda item: item[1].prediction_id)
    for start in range(0, len(in_order), ROWS):
        with database.atomic():
            _take(in_order[start : start + ROWS], taken, by)
    taken.refused.sort(key=lambda refusal: refusal[0])
    return taken


def _take(batch: Sequence[tuple[int, Given]], taken: Taken, by: Any) -> None:
    """Lock the predictions, so that what is known of them stays so until the labels are stored."""
    ids = [item.prediction_id for _, item in batch]
    theirs = RegisteredModel.objects.where(by, May.TELL)
    rows = Prediction.objects.filter(pk__in=ids, registered_model__in=theirs)
    locked = rows.select_for_update(no_key=True, of=("self",))
    predictions = {row.pk: row for row in locked.select_related("model_version__signature").order_by("pk")}
    known = dict(Feedback.objects.filter(pk__in=ids).values_list("pk", "label"))
    new = []
    for place, (prediction_id, label) in batch:
        try:
            accepted = _accepted(prediction_id, label, predictions, known)
        except FeedbackRefused as refusal:
            taken.refused.append((place, refusal))
            continue
        if prediction_id in known:
            taken.unchanged += 1
        else:
            known[prediction_id] = accepted
            new.append(Feedback(prediction_id=prediction_id, label=accepted, who=by.get_username()))
    taken.stored += len(Feedback.objects.bulk_create(new))


def _accepted(pk: UUID, label: Any, predictions: dict[UUID, Prediction], known: dict[UUID, Any]) -> Any:
    if pk not in predictions:
        # A UUIDv7 begins with the milliseconds since 1970: a young one may only be on its way.
        made_at = EPOCH + timedelta(milliseconds=min(pk.int >> 80, 2**47))
        if pk.version == 7 and abs(timezone.now() - made_at) < ON_ITS_WAY:
            raise PredictionNotLoggedYet(f"The prediction {pk} is not in the log yet. Try again in a minute.")
        raise PredictionUnknown(f"There is no prediction {pk} in the log.")
    accepted = as_label(label, predictions[pk].model_version.signature)
    if known.get(pk, accepted) != accepted:
        raise FeedbackDiffers(f"The prediction {pk} has the label {known[pk]!r}, which cannot be changed.")
    return accepted


def as_label(label: Any, signature: Signature) -> Any:
    """Return the label as the signature has it, or a regression's value. Raises `LabelInvalid`."""
    if signature.task == Signature.Task.REGRESSION:
        with suppress(OverflowError):
            if isinstance(label, int | float) and not isinstance(label, bool) and math.isfinite(float(label)):
                return float(label)
        raise LabelInvalid("Input should be a finite number")
    for known in signature.labels:
        if known == label and isinstance(known, bool) == isinstance(label, bool):
            return known
    raise LabelInvalid(f"Input should be one of: {', '.join(map(str, signature.labels))}")
