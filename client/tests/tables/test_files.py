"""The files that carry data: Parquet keeps the kinds of columns, CSV says them beside."""

import csv
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from model_delivery import InvalidInput
from model_delivery.tables import files
from model_delivery.tables.files import as_file
from model_delivery.tables.frames import as_frame

FRAME = pd.DataFrame(
    {
        "age": [50.5, np.nan],
        "visits": pd.Series([1, None], dtype="Int64"),
        "zip": ["01067", None],
        "plan": pd.Series(["a", "b"], dtype="category"),
        "since": pd.to_datetime(["2026-01-02", None]),
        "known": [True, False],
    }
)


@pytest.fixture
def _without_arrow(monkeypatch):
    monkeypatch.setattr(files, "find_spec", lambda name: None)


def test_parquet_keeps_kinds_and_gaps():
    file = as_file(as_frame(FRAME, field="X"), "training")
    table = parquet.read_table(io.BytesIO(file.content))
    assert file.name == "training.parquet"
    kinds = {field.name: field.type for field in table.schema}
    assert kinds["age"] == pa.float64()
    assert kinds["visits"] == pa.int64()
    assert pa.types.is_dictionary(kinds["plan"])
    assert pa.types.is_timestamp(kinds["since"])
    assert kinds["known"] == pa.bool_()
    assert table.column("zip").to_pylist() == ["01067", None]
    assert [table.column(name).null_count for name in table.column_names] == [1, 1, 1, 0, 1, 0]


def test_the_same_table_is_the_same_file():
    first, second = (as_file(as_frame(FRAME.copy(), field="X"), "training") for _ in range(2))
    assert first.sha256 == second.sha256


def test_columns_of_several_types_are_named():
    with pytest.raises(InvalidInput) as told:
        as_file(as_frame(pd.DataFrame({"a": [1, "x"], "b": [1, 2], "c": [{}, 1]}), field="X"), "training")
    assert [problem.field for problem in told.value.problems] == ["a", "c"]
    assert 'frame["a"]' in told.value.problems[0].remedy


@pytest.mark.usefixtures("_without_arrow")
def test_without_arrow_it_is_a_csv_file_and_text_of_digits_is_said_to_be_text():
    file = as_file(as_frame(FRAME, field="X"), "training")
    header, first, second = csv.reader(io.StringIO(file.content.decode()))
    assert file.name == "training.csv"
    assert header == list(FRAME.columns)
    assert first == ["50.5", "1", "01067", "a", "2026-01-02T00:00:00", "True"]
    assert second == ["", "", "", "b", "", "False"]
    assert file.kinds == {"zip": "text"}


@pytest.mark.usefixtures("_without_arrow")
@pytest.mark.parametrize("text", ["a,b", 'say "no"', "two\nlines", "Ünïcode", " blanks "])
def test_any_text_survives_csv(text):
    file = as_file(as_frame({"a": [text, "x"]}, field="X"), "training")
    assert list(csv.reader(io.StringIO(file.content.decode(), newline="")))[1] == [text]


def test_a_page_that_is_damaged_on_the_way_is_noticed():
    """Without a checksum it would read as other values."""
    content = bytearray(as_file(as_frame(FRAME, field="X"), "training").content)
    content[content.index(b"\x28\xb5\x2f\xfd") + 12] ^= 1  # within the first page that zstd wrote
    with pytest.raises(OSError, match="checksum"):
        parquet.ParquetFile(io.BytesIO(content), page_checksum_verification=True).read()
