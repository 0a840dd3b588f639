"""What the log tells the watch: requests by caller, what they asked, and true labels, in blocks of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from predictions.contract.answers import Answers
from predictions.contract.fields import check_field
from predictions.models import Feedback, ModelVersion, Prediction, Promotion, RequestCount
from predictions.models.base import A_LITTLE
from predictions.models.worker import BLOCK, Requests
from predictions.registry.loading import LoadedVersion

LABELS = 2000  # of a block that are looked at, the first ones
Pairs = list[tuple[Prediction, Any, Any]]  # with the other version's output and probabilities


@dataclass(frozen=True, kw_only=True)
class Block:
    """Five minutes of the life of a promotion's version: [start, start + BLOCK)."""

    promotion: Promotion
    start: datetime

    def requests(self) -> dict[str, Requests]:
        counts = RequestCount.objects.filter(model_version=self.promotion.version_id)
        ended = counts.ended_in(self.start, self.start + BLOCK).by_block_and_caller()
        return next(iter(ended.values()), {})  # those are as long as a block: no two end in it

    def asked_by(self, who: str, *, most: int) -> list[Prediction]:
        """The first rows that a caller asked in this block; one index has them all, in this order."""
        rows = Prediction.objects.filter(registered_model=self.promotion.registered_model_id, who=who)
        rows = rows.since(self.start).before(self.start + BLOCK).order_by("pk")[:most]
        return [row for row in rows if row.model_version_id == self.promotion.version_id]

    def labelled(self, *, anonymous: bool) -> list[Prediction]:
        """The predictions since the flip whose true label arrived in this block, in that order."""
        told = Feedback.objects.filter(at__gte=self.start, at__lt=self.start + BLOCK)
        told = told.filter(prediction__model_version=self.promotion.version_id, at__gte=self.promotion.at)
        if not anonymous:
            told = told.exclude(prediction__who="")
        rows = told.select_related("prediction").order_by("at", "pk")[:LABELS]
        kept = [row for row in rows if row.prediction.at >= self.promotion.at]
        for row in kept:
            row.prediction.feedback = row
        return [row.prediction for row in kept]


def newest_of(version: ModelVersion, *, now: datetime) -> datetime | None:
    """Up to when the log tells of a version, by predictions and requests that are not dated ahead."""
    latest = now + A_LITTLE
    prediction = Prediction.objects.filter(model_version=version).before(latest).first()
    counts = RequestCount.objects.filter(model_version=version, counted_until__lte=latest)
    count = counts.order_by("-block", "-counted_until").first()
    known = [*([prediction.at] if prediction else []), *([count.counted_until] if count else [])]
    return max(known, default=None)


def starts(since: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the start of each whole block between the two."""
    while since + BLOCK <= until:
        yield since
        since += BLOCK


def asked_of(other: LoadedVersion, predictions: Sequence[Prediction]) -> Pairs:
    """Ask another version what was asked, without requests that it would refuse or that lack a feature."""
    rows, kept = [], []
    for prediction in predictions:
        inputs = prediction.inputs
        if prediction.output is None or not inputs.keys() >= set(other.spec.names):
            continue
        checked = [check_field(one, inputs[one.name], strict=True) for one in other.spec.features]
        if not any(problem for _, problem in checked):
            rows.append(tuple(value for value, _ in checked))
            kept.append(prediction)
    if not rows:
        return []
    answers: Answers = other.predict(rows)
    shares = [None] * len(rows) if answers.probabilities is None else answers.probabilities.tolist()
    return list(zip(kept, answers.outputs, shares, strict=True))
