"""Files under a named folder, Parquet or CSV by content; none outside it, none that is damaged."""

import struct

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from predictions.registry import datasets
from scheduling.models import DataSource
from scheduling.sources.columns.compared import spec_of
from scheduling.sources.draft import Writer, batches_of
from scheduling.sources.kinds.opening import open_rows
from scheduling.sources.refusals import SourceRefused
from scheduling.sources.rows import Window
from scheduling.tests.sources.shop import NOW


@pytest.fixture
def folder(config, tmp_path):
    path = tmp_path / "exports"
    path.mkdir()
    config.FILE_ROOTS = {"exports": str(path)}
    return path


def taken(pattern, spec=None, **columns):
    source = DataSource(kind="files", root="exports", pattern=pattern, **columns)
    with open_rows(source, Window.of(source, now=NOW), spec) as rows:
        return pa.Table.from_batches(list(rows.batches), schema=rows.schema)


def test_all_that_match_in_the_order_of_their_names(folder):
    for name, values in (("b.parquet", [3]), ("a.parquet", [1, 2]), ("c.other", [9])):
        pq.write_table(pa.table({"n": values}), folder / name)
    assert taken("*.parquet")["n"].to_pylist() == [1, 2, 3]


def test_the_signature_says_which_columns_of_csv_are_numbers(folder, model):
    (folder / "a.csv").write_text('age,city,left_us\n1.5,"a, ""b""\nc",1\n,,0\n')
    table = taken("*.csv", spec_of(model))
    assert [str(kind) for kind in table.schema.types] == ["double", "string", "string"]
    assert table.to_pylist()[0] == {"age": 1.5, "city": 'a, "b"\nc', "left_us": "1"}
    assert table.to_pylist()[1] == {"age": None, "city": None, "left_us": "0"}


def test_the_window_is_kept_by_the_time_column(folder):
    moments = pa.array([NOW.timestamp() - 3600, NOW.timestamp() - 3 * 86_400, NOW.timestamp() + 1])
    pq.write_table(pa.table({"at": moments, "n": [1, 2, 3]}), folder / "a.parquet")
    assert taken("a.parquet", time_column="at", window_days=2)["n"].to_pylist() == [1]


def test_the_newest_file_that_was_sent(model):
    content = b"age,city,left_us\n1,a,0\n2,b,1\n"
    datasets.register(registered_model=model, role="training", content=content)
    source = DataSource(registered_model=model, kind="uploaded", role="training", hold_out="random")
    with open_rows(source, Window.of(source, now=NOW), spec_of(model)) as rows:
        assert sum(map(len, rows.batches)) == 2


def test_what_is_wrong_is_told(folder, model, config):
    def refused(pattern, why, **columns):
        with pytest.raises(SourceRefused, match=why):
            taken(pattern, spec_of(model), **columns)

    refused("*.csv", "No file in exports")
    (folder / "a.csv").write_text("age,age\n1,2\n")
    refused("a.csv", "Two columns")
    (folder / "a.csv").write_text("age,city,left_us\nold,a,1\n")
    refused("a.csv", "another type")
    (folder / "a.csv").write_text("age,city,left_us\n1,a\n")
    refused("a.csv", "damaged")
    (folder / "a.csv").write_bytes(b"")
    refused("a.csv", "no columns")
    (folder / "a.csv").write_bytes(b"\xff\xfe\x00")
    refused("a.csv", "neither Parquet nor CSV")
    (folder / "a.csv").write_text("age,city,left_us\n1,a,1\n")
    (folder / "b.csv").write_text("age,left_us\n1,1\n")
    refused("*.csv", "other columns")
    refused("a.csv", "no column at, its time column", time_column="at")
    (folder / "a.parquet").write_bytes(b"PAR1 and no more")
    refused("a.parquet", "no whole Parquet")
    secret = folder.parent / "secret.csv"
    secret.write_text("age,city,left_us\n1,a,1\n")
    (folder / "link.csv").symlink_to(secret)
    refused("link.csv", "link out of the folder")
    config.FILE_ROOTS = {}
    refused("a.csv", "no folder exports")


def test_a_file_that_vanishes_while_it_is_read(folder):
    for name in ("a.parquet", "b.parquet"):
        pq.write_table(pa.table({"n": [1]}), folder / name)
    source = DataSource(kind="files", root="exports", pattern="*.parquet")
    with open_rows(source, Window.of(source, now=NOW), None) as rows:
        next(rows.batches)
        (folder / "b.parquet").unlink()
        with pytest.raises(SourceRefused, match="cannot be read"):
            list(rows.batches)


def test_a_page_that_differs_from_its_checksum_is_refused(folder):
    path = folder / "a.parquet"
    pq.write_table(
        pa.table({"n": [1.5, 2.5]}), path, compression="none", use_dictionary=False, write_page_checksum=True
    )
    path.write_bytes(path.read_bytes().replace(struct.pack("<dd", 1.5, 2.5), struct.pack("<dd", 1.5, 9.5)))
    with pytest.raises(SourceRefused, match=r"a\.parquet cannot be read"):
        taken("*.parquet")


def test_a_snapshot_has_checksums_and_they_are_looked_at(tmp_path):
    path, table = tmp_path / "draft.parquet", pa.table({"n": [1.5, 2.5]})
    with Writer(path, table.schema) as writer:
        writer.write(table.to_batches()[0])
    content = bytearray(path.read_bytes())
    content[content.index(b"\x28\xb5\x2f\xfd") + 12] ^= 1  # within the first page that zstd wrote
    path.write_bytes(content)
    with pytest.raises(OSError, match="checksum"):
        list(batches_of(writer.draft))
