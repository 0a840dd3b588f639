"""Rows on disk while they are read: a Parquet file that grows by row groups, within limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from predictions.conf import config, setting_name
from scheduling.sources.fingerprint import Fingerprint
from scheduling.sources.refusals import SourceRefused

if TYPE_CHECKING:
    import pyarrow as pa

GROUP = 65_536  # rows; twenty columns of numbers take 10 MB until they are written
TELL_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A file that is written and not yet registered. `content` is equal for equal rows in any order."""

    path: Path
    schema: pa.Schema
    rows: int
    content: str


class Writer:
    """Writes batches as row groups. Raises `SourceRefused` over the limits of rows and bytes."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        import pyarrow.parquet as pq

        self._path, self._schema, self._rows = path, schema, 0
        self._waiting: list[pa.RecordBatch] = []
        self._fingerprint = Fingerprint(schema)
        self._file = pq.ParquetWriter(path, schema, compression="zstd", write_page_checksum=True)
        # Equal rows of two runs are two files: a dataset is registered once by the hash of its file.
        self._file.add_key_value_metadata({"made_by": path.parent.name})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._flush()
        self._file.close()

    def write(self, batch: pa.RecordBatch) -> int:
        """Add the rows and return how many there are by now."""
        self._waiting.append(batch)
        self._rows += len(batch)
        if self._rows > config.SOURCE_MAX_ROWS:
            raise SourceRefused(
                f"The source gives more than {config.SOURCE_MAX_ROWS:,} rows. Take a shorter window, or "
                f"raise {setting_name('SOURCE_MAX_ROWS')}."
            )
        if sum(map(len, self._waiting)) >= GROUP:
            self._flush()
        return self._rows

    def _flush(self) -> None:
        import pyarrow as pa

        table = pa.Table.from_batches(self._waiting, schema=self._schema)
        self._waiting.clear()
        for batch in table.combine_chunks().to_batches():
            self._fingerprint.add(batch)
        if len(table):
            self._file.write_table(table, row_group_size=GROUP)
        if self._path.stat().st_size > config.SOURCE_MAX_BYTES:
            raise SourceRefused(
                f"The snapshot is larger than {config.SOURCE_MAX_BYTES:,} bytes. Take a shorter window or "
                f"fewer columns, or raise {setting_name('SOURCE_MAX_BYTES')}."
            )

    @property
    def draft(self) -> Draft:
        """What was written. Only after the end of the `with`."""
        content = self._fingerprint.hexdigest
        return Draft(path=self._path, schema=self._schema, rows=self._rows, content=content)


def batches_of(draft: Draft, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Yield the rows again, a row group at a time: pyarrow would buffer ahead, and keep what it read."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(draft.path, pre_buffer=False, page_checksum_verification=True) as file:
        yield from file.iter_batches(GROUP, columns=columns, use_threads=False)


def write(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path, *, tell: Callable[[int], None]
) -> Draft:
    """Write all rows, and tell every few seconds how many there are by now."""
    told = time.monotonic()
    with Writer(path, schema) as writer:
        for batch in batches:
            rows = writer.write(batch)
            if time.monotonic() - told > TELL_SECONDS:
                told = time.monotonic()
                tell(rows)
    return writer.draft
