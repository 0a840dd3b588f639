"""The periods of a model's past: an evaluation set each, and the training set that was there before it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset, RegisteredModel
from predictions.registry.artefacts import ArtefactCorrupt, ArtefactMissing
from predictions.registry.datasets import Tables
from predictions.tables.names import DatasetInvalid
from scheduling.evidence.samples import hashes_of_all
from scheduling.judging.evaluation_reuse import MOST_SHARED, share_beyond_chance

MOST_SETS = 200  # that are read, the newest
MOST_PERIODS = 60


@dataclass(frozen=True, kw_only=True)
class Period:
    """`training` is None where no training set was registered before the evaluation set."""

    evaluation: Dataset
    training: Dataset | None


def periods_of(
    model: RegisteredModel, spec: SignatureSpec, *, since: datetime | None = None, last: int | None = None
) -> tuple[list[Period], list[str]]:
    """Return the newest periods, oldest first, and a sentence for each evaluation set that is none.

    A set that has most of its rows from older ones is no new period.
    """
    sets = Dataset.objects.filter(registered_model=model, role=Dataset.Role.EVALUATION).order_by("pk")
    training = list(Dataset.objects.filter(registered_model=model, role=Dataset.Role.TRAINING).order_by("pk"))
    periods, left_out, seen = [], [], list[tuple[Dataset, pd.Series]]()
    for evaluation in list(sets)[-MOST_SETS:]:
        try:
            hashes = hashes_of_all(Tables().of(evaluation), spec).with_label.sort_values(ignore_index=True)
        except (ArtefactMissing, ArtefactCorrupt, DatasetInvalid) as error:
            left_out.append(f"{_name(evaluation)} cannot be read: {error}")
            continue
        if older := next(_sharing(hashes, seen), None):
            most = f"over {MOST_SHARED:.0%} of its rows are in {_name(older)}"
            left_out.append(f"{_name(evaluation)} is no new period: {most}.")
            continue
        seen.append((evaluation, hashes))
        before = [one for one in training if one.pk < evaluation.pk]
        periods.append(Period(evaluation=evaluation, training=before[-1] if before else None))
    chosen = [one for one in periods if since is None or one.evaluation.created_at >= since]
    return chosen[-(last or MOST_PERIODS) :], left_out


def _sharing(hashes: pd.Series, seen: Sequence[tuple[Dataset, pd.Series]]) -> Iterator[Dataset]:
    for older, theirs in reversed(seen):
        if share_beyond_chance(hashes, theirs):
            yield older


def _name(evaluation: Dataset) -> str:
    return f"Evaluation set {evaluation.pk} ({evaluation.created_at:%Y-%m-%d})"
