"""The same share of each label, at random: of each label the rows with the lowest hashes judge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

Limits = dict[str, int]  # of each label: rows with a lower hash judge


def limit_of(hashes: np.ndarray, share: float) -> int | None:
    """Return the hash below which the share of the rows (n,) lies, at least one and never all.

    None if all rows are equal, and so belong to one side.
    """
    import numpy as np

    ordered = np.sort(hashes)
    different = np.unique(ordered)
    if len(different) < 2:
        return None
    last = ordered[max(1, round(len(ordered) * share)) - 1]
    return int(min(last, different[-2])) + 1


def limits_of(batches: Iterator[tuple[np.ndarray, pa.Array]], share: float, *, otherwise: int) -> Limits:
    """Return the limits of all labels, from batches of hashes and labels, each (n,).

    `otherwise` is that of a label whose rows are all equal.
    """
    import numpy as np

    parts: dict[str, list[np.ndarray]] = defaultdict(list)
    for hashes, labels in batches:
        places, texts = places_of(labels)
        order = np.argsort(places, kind="stable")
        starts = np.searchsorted(places[order], np.arange(len(texts)))
        for text, those in zip(texts, np.split(hashes[order], starts)[1:], strict=True):
            parts[text].append(those)
    found = {text: limit_of(np.concatenate(those), share) for text, those in parts.items()}
    return {text: otherwise if limit is None else limit for text, limit in found.items()}


def limits_by_row(labels: pa.Array, limits: Limits, otherwise: int) -> np.ndarray:
    """Return the limit of each row, (n,); `otherwise` for a label without one, and for a missing one."""
    import numpy as np

    places, texts = places_of(labels)
    by_place = [limits.get(text, otherwise) for text in texts]
    return np.array([*by_place, otherwise], dtype=np.uint64)[places]  # the place of what is missing is -1


def places_of(labels: pa.Array) -> tuple[np.ndarray, list[str]]:
    """Return for each row the place of its label among the texts of all, (n,), -1 where it is missing."""
    import pyarrow as pa

    coded = labels.cast(pa.string()).dictionary_encode()
    return coded.indices.fill_null(-1).to_numpy(zero_copy_only=False), coded.dictionary.to_pylist()
