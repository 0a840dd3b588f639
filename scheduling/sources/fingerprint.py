"""A hash of rows that does not depend on their order, nor on how they were cut into batches."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

MISSING = 0x9E3779B97F4A7C15  # the hash of a missing value
SECOND = 0xD6E8FEB86659FD93


class Fingerprint:
    """Adds up two hashes of each row, so that equal rows in any order give the same."""

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self._rows = self._first = self._second = 0

    def add(self, batch: pa.RecordBatch) -> None:
        import numpy as np

        hashes = row_hashes(batch, batch.schema.names)
        self._rows += len(hashes)
        self._first += int(hashes.sum())
        self._second += int(mixed(hashes ^ np.uint64(SECOND)).sum())

    @property
    def hexdigest(self) -> str:
        names = [f"{column.name}:{column.type}" for column in sorted(self._schema, key=lambda c: c.name)]
        sums = (self._rows, self._first % 2**64, self._second % 2**64)
        return sha256(repr((names, sums)).encode()).hexdigest()


def row_hashes(batch: pa.RecordBatch, names: list[str], *, seed: int = 0) -> np.ndarray:
    """Return 64 bits for each row of these columns, whatever their order; equal rows have the same."""
    import numpy as np

    total = np.full(len(batch), seed, dtype=np.uint64)
    for name in sorted(names):
        salt = np.uint64(int.from_bytes(sha256(name.encode()).digest()[:8], "big"))
        total += mixed(_hashes(batch.column(name)) ^ salt)
    return mixed(total)


def mixed(values: np.ndarray) -> np.ndarray:
    """Spread the bits (the finisher of splitmix64)."""
    import numpy as np

    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _hashes(column: pa.Array) -> np.ndarray:
    """64 bits for each value, before they are mixed; a whole number has the same in any batch."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    missing = column.is_null().to_numpy(zero_copy_only=False)
    if pa.types.is_null(column.type):
        return np.full(len(column), MISSING, dtype=np.uint64)
    if pa.types.is_string(column.type):
        values = _of_texts(column.dictionary_encode())
    else:
        filled: Any = pc.fill_null(column, _zero(column.type)) if missing.any() else column
        values = _bits(filled)
    return np.where(missing, np.uint64(MISSING), values)


def _zero(kind: pa.DataType) -> pa.Scalar:
    import pyarrow as pa

    return pa.scalar(False) if pa.types.is_boolean(kind) else pa.scalar(0).cast(kind)


def _bits(column: pa.Array) -> np.ndarray:
    import numpy as np
    import pyarrow as pa

    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    values = column.to_numpy(zero_copy_only=False)
    values = values + 0.0 if values.dtype == np.float64 else values.astype(np.int64)  # -0.0 is 0.0
    bits: np.ndarray = values.view(np.uint64)
    return bits


def _of_texts(column: pa.DictionaryArray) -> np.ndarray:
    import numpy as np
    import pandas as pd

    words = np.asarray(column.dictionary.to_pylist(), dtype=object)
    if not len(words):
        return np.zeros(len(column), dtype=np.uint64)
    hashed = pd.util.hash_array(words, categorize=False)
    places = column.indices.fill_null(0).to_numpy(zero_copy_only=False)
    taken: np.ndarray = hashed[places]
    return taken
