"""The ids of predictions: UUIDs of version 7, which sort by time; those of one request follow each other."""

from __future__ import annotations

import numpy as np
from uuid_utils import uuid7

TAIL = 12  # hexadecimal digits of an id that are random, and its last group


def new_ids(count: int) -> list[str]:
    """Return ids for the rows of one request: a drawn one, and those that follow it.

    Ten thousand drawn one by one would take longer than their predictions.
    """
    first = str(uuid7())
    return [first] if count == 1 else ids_from(first, count)


def ids_from(first: str, count: int) -> list[str]:
    """Return `first` and the ids that follow it; after the last of a group its first one."""
    kept, start = first[:-TAIL], int(first[-TAIL:], 16)
    tails = ((start + np.arange(count)) % 16**TAIL).astype(">u8").tobytes().hex()
    return [kept + tails[end - TAIL : end] for end in range(16, 16 * count + 1, 16)]
