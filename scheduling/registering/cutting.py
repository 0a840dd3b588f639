"""One file becomes two: the rows that train, and those that were held out to judge."""

from __future__ import annotations

import io
from dataclasses import replace

from predictions.models import Dataset
from predictions.tables.reading import FileRead, read
from scheduling.registering.holding_out import HeldOut


def cut(file: FileRead, held_out: HeldOut) -> tuple[dict[str, FileRead], dict[str, bytes]]:
    """Return both parts, and their contents as Parquet; text stays text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    files, contents = {}, {}
    table = pa.Table.from_pandas(file.cells, preserve_index=False)
    parts = {Dataset.Role.TRAINING.value: ~held_out.rows, Dataset.Role.EVALUATION.value: held_out.rows}
    for role, rows in parts.items():
        buffer = io.BytesIO()
        pq.write_table(table.filter(pa.array(rows)), buffer, compression="zstd", write_page_checksum=True)
        contents[role] = buffer.getvalue()
        notes = (*file.notes, held_out.note)
        files[role] = replace(read(contents[role]), notes=notes)
    return files, contents
