"""Files by a pattern under a folder of the setting FILE_ROOTS, or the newest sent: Parquet or CSV."""

from __future__ import annotations

import csv as text_csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset
from predictions.registry import artefacts
from scheduling.models import DataSource
from scheduling.sources.kinds.roots import SourceFile, matching, reading
from scheduling.sources.refusals import SourceRefused
from scheduling.sources.rows import Rows, refuse_names

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 65_536
BLOCK = 4 << 20
PARQUET = b"PAR1"
YES, NO = ["true", "True", "TRUE", "1"], ["false", "False", "FALSE", "0"]


@contextmanager
def open_files(source: DataSource, spec: SignatureSpec | None) -> Iterator[Rows]:
    """Give the rows of all files in the order of their names. Raises `SourceRefused`."""
    files = matching(source.root, source.pattern)
    with reading(files[0].name, "Try again."), files[0].open() as opened:
        schema = _rows_of(opened, files[0].name, spec).schema
    yield Rows(schema=schema, batches=_of_all(files, schema, spec))


@contextmanager
def open_uploaded(source: DataSource, spec: SignatureSpec | None) -> Iterator[Rows]:
    """Give the rows of the newest file that was sent for the source's role. Raises `SourceRefused`."""
    dataset = Dataset.objects.uploaded(source.registered_model, source.role)
    if dataset is None:
        raise SourceRefused(f"{source.registered_model} has no {source.role} file. Send one first.")
    content = artefacts.read(dataset.file, sha256=dataset.sha256)
    yield _rows_of(io.BytesIO(content), Path(dataset.file).name, spec)


def newest_change(source: DataSource) -> datetime:
    """Return when the last of the files was written. Raises `SourceRefused`."""
    return max(file.changed for file in matching(source.root, source.pattern))


def _of_all(
    files: list[SourceFile], schema: pa.Schema, spec: SignatureSpec | None
) -> Iterator[pa.RecordBatch]:
    for file in files:
        with reading(file.name, "Try again."), file.open() as opened:
            rows = _rows_of(opened, file.name, spec)
            if rows.schema.names != schema.names:
                first = files[0].name
                raise SourceRefused(f"{file.name} has other columns than {first}. Give all files the same.")
            yield from rows.batches


def _rows_of(file: BinaryIO, name: str, spec: SignatureSpec | None) -> Rows:
    """Return the rows of an open file, known by its content. Raises `SourceRefused`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    start = file.read(4)
    file.seek(0)
    try:
        if start != PARQUET:
            return _rows_of_csv(file, name, spec)
        parquet = pq.ParquetFile(file, pre_buffer=False, page_checksum_verification=True)
        schema = parquet.schema_arrow.remove_metadata()
        return Rows(schema=schema, batches=_told(parquet.iter_batches(BATCH), name))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise SourceRefused(f"{name} is no whole Parquet file. Write it again.") from error


def _told(batches: Iterator[pa.RecordBatch], name: str) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    try:
        yield from batches
    except pa.ArrowInvalid as error:
        raise SourceRefused(
            f"{name} has values of another type than its column, or is damaged. Correct the file."
        ) from error


def _rows_of_csv(file: BinaryIO, name: str, spec: SignatureSpec | None) -> Rows:
    """The signature says which columns are numbers; all others are text. Empty cells are missing."""
    import pyarrow as pa
    from pyarrow import csv

    try:
        line = file.readline(1 << 20).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceRefused(f"{name} is neither Parquet nor CSV in UTF-8. Write it as one of them.") from None
    names = next(text_csv.reader([line]), [])
    refuse_names(names)
    schema = pa.schema([(column, _type_in(spec, column)) for column in names])
    options: dict[str, Any] = {
        "read_options": csv.ReadOptions(column_names=names, block_size=BLOCK, use_threads=False),
        "parse_options": csv.ParseOptions(newlines_in_values=True),
        "convert_options": csv.ConvertOptions(
            column_types=schema, null_values=[""], strings_can_be_null=True, true_values=YES, false_values=NO
        ),
    }
    if not (rest := file.read(1)):
        return Rows(schema=schema, batches=iter(()))
    file.seek(-len(rest), io.SEEK_CUR)
    return Rows(schema=schema, batches=_told(_of_csv(file, options), name))


def _of_csv(file: BinaryIO, options: dict[str, Any]) -> Iterator[pa.RecordBatch]:
    from pyarrow import csv

    yield from csv.open_csv(file, **options)


def _type_in(spec: SignatureSpec | None, column: str) -> pa.DataType:
    import pyarrow as pa

    kinds = {feature.name: str(feature.kind) for feature in spec.features} if spec else {}
    if spec and spec.task == "regression":
        kinds[spec.output_name] = "float"
    types = {"float": pa.float64(), "int": pa.float64(), "bool": pa.bool_()}
    return types.get(kinds.get(column, ""), pa.string())
