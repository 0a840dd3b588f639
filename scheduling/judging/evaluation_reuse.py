"""Is an evaluation set new? The same rows in another order, or most of them, are not."""

import hashlib
import logging
import math
from collections.abc import Iterator

import pandas as pd
from django.db.models import Q

from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset
from predictions.registry.artefacts import ArtefactCorrupt, ArtefactMissing
from predictions.registry.datasets import Tables
from predictions.tables.names import DatasetInvalid
from scheduling.evidence.counted_hashes import found_in
from scheduling.evidence.samples import Hashes, hashes_of_all, twin_share
from scheduling.models import HoldOut, Look

log = logging.getLogger("scheduling.runs")

MOST_SHARED = 0.5  # of a set's rows that an older one may have: with more it continues that one's looks
MOST_OLDER = 20  # sets that are compared, the newest ones


def note_reuse(evaluation: Dataset, spec: SignatureSpec, hashes: Hashes) -> None:
    """Write, the first time that a set is used to judge, which older one it continues.

    It continues the looks of an older set of the model that has the same rows, or more than half of its own.
    Of several it is the one with the most looks. Older sets are read by this signature; one that cannot
    be read shares nothing. `hashes` are those of its own rows.
    """
    if HoldOut.objects.filter(evaluation_dataset=evaluation).exists():
        return
    rows = hashes.with_label.sort_values(ignore_index=True)  # in an order that does not depend on the file's
    fingerprint = hashlib.sha256(memoryview(rows.to_numpy())).hexdigest()
    older, share = max(
        _sharing(evaluation, rows, fingerprint, spec),
        key=lambda shared: (Look.objects.spent(shared[0]), shared[1]),
        default=(None, None),
    )
    first = HoldOut.objects.first_of(older) if older else evaluation.pk
    columns = {"fingerprint": fingerprint, "first_id": first, "shared": share}
    HoldOut.objects.get_or_create(evaluation_dataset=evaluation, defaults=columns)


def _sharing(
    evaluation: Dataset, rows: pd.Series, fingerprint: str, spec: SignatureSpec
) -> Iterator[tuple[Dataset, float]]:
    """The older used sets that have over half of the new one's rows, and how many of them."""
    older_ones = Dataset.objects.filter(
        Q(looks__isnull=False) | Q(hold_out__isnull=False),
        registered_model=evaluation.registered_model,
        role=Dataset.Role.EVALUATION,
        pk__lt=evaluation.pk,
    )
    for older in older_ones.distinct().order_by("-pk")[:MOST_OLDER]:
        if HoldOut.objects.filter(evaluation_dataset=older, fingerprint=fingerprint).exists():
            yield older, 1.0
        elif share := _shared_with(older, rows, spec):
            yield older, share


def _shared_with(older: Dataset, rows: pd.Series, spec: SignatureSpec) -> float:
    """The share beyond chance; 0 for a set that cannot be read."""
    try:
        others = hashes_of_all(Tables().of(older), spec).with_label.sort_values(ignore_index=True)
    except (ArtefactMissing, ArtefactCorrupt, DatasetInvalid) as error:
        log.warning("%s cannot be compared with newer evaluation sets: %s", older, error)
        return 0.0
    return share_beyond_chance(rows, others)


def share_beyond_chance(rows: pd.Series, others: pd.Series) -> float:
    """Return 1 for the very same hashes, both sorted, 0 where chance may explain more than half of the share.

    Where features are few or coarse a fresh row has a twin in the older set as often as that set's own rows
    have one: c, give or take three standard errors.
    """
    if rows.equals(others):
        return 1.0
    chance, found = twin_share(others), float(found_in(rows, others).mean())
    noise = 3 * math.sqrt(chance * (1 - chance) * (1 / len(rows) + 1 / len(others)))
    return (found - chance) / (1 - chance) if found - chance > MOST_SHARED * (1 - chance) + noise else 0.0
