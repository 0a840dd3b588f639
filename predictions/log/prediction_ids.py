"""The ids of predictions: UUIDs of version 7, which sort by time; those of one request follow each other."""

import msgspec
import numpy as np
from uuid_utils import uuid7

TAIL = 12  # hexadecimal digits of an id that are random, and its last group


def new_id() -> str:
    """Return the id of a request's first row; those of its other rows follow it.

    Ten thousand drawn one by one would take longer than their predictions.
    """
    return str(uuid7())


def ids_from(first: str, count: int) -> list[str]:
    """Return `first` and the ids that follow it; after the last of a group its first one."""
    kept, tails = first[:-TAIL], _tails(first, count).tobytes().decode()
    return [kept + tails[end - TAIL : end] for end in range(TAIL, TAIL * count + 1, TAIL)]


def json_of_ids(first: str, count: int) -> msgspec.Raw:
    """Return the same as a JSON array. No text is made for each of them, which takes seven times as long."""
    text = np.empty((count, len(first) + 3), dtype="S1")
    text[:] = [character.encode() for character in f'"{first}",']
    text[:, -TAIL - 2 : -2] = _tails(first, count)
    return msgspec.Raw(b"[" + text.tobytes()[:-1] + b"]")


def _tails(first: str, count: int) -> np.ndarray:
    """The last groups, as characters (count, 12)."""
    numbers = (int(first[-TAIL:], 16) + np.arange(count)) % 16**TAIL
    digits = np.frombuffer(numbers.astype(">u8").tobytes().hex().encode(), dtype="S1")
    return digits.reshape(count, 16)[:, 16 - TAIL :]
