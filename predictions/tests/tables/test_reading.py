"""Files of data: what is a table, what is told, and what is refused with column, row and remedy."""

import io
import struct

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from predictions.tables.names import DatasetInvalid
from predictions.tables.reading import read, read_cells
from predictions.tables.row_groups import column_of

TABLE = "town,price\nÜrümqi,1\n,2\n"


def refused(content):
    with pytest.raises(DatasetInvalid) as error:
        read(content)
    return str(error.value)


def parquet(table):
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


@pytest.mark.timeout(10)
def test_a_table_with_very_many_columns_is_refused_by_their_number():
    assert "50,000 columns" in refused(("\n".join([",".join(f"c{i}" for i in range(50_000))] * 3)).encode())
    assert read((",".join(f"c{i}" for i in range(9_999)) + "\n" + "1," * 9_998 + "1\n").encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line", ["\n", "\r\n", "\r"])
def test_encoding_delimiter_and_line_ends_are_found_out(encoding, delimiter, line):
    text = TABLE.replace(",", delimiter).replace("\n", line)
    cells = read_cells(text.encode(encoding))
    assert cells.columns.tolist() == ["town", "price"]
    assert cells["price"].tolist() == ["1", "2"]
    assert cells["town"][0] == "Ürümqi"
    assert cells["town"].isna().tolist() == [False, True]


@pytest.mark.parametrize("line", ["sep=;\n", "SEP=;\r\n", "\ufeffsep=;\n"])
def test_the_line_by_which_a_spreadsheet_names_its_delimiter_is_no_header(line):
    content = (line + TABLE.replace(",", ";")).encode()
    assert read_cells(content).columns.tolist() == ["town", "price"]


def test_a_path_is_read_too(tmp_path):
    (tmp_path / "rows.csv").write_text(TABLE)
    assert len(read_cells(tmp_path / "rows.csv")) == 2


@pytest.mark.parametrize(
    ("content", "notes"),
    [(TABLE.encode(), 0), (TABLE.encode("cp1252"), 1), (TABLE.encode("utf-16"), 1), (b"a;b\n1,5;x\n", 1)],
)
def test_what_was_found_out_is_told(content, notes):
    assert len(read(content).notes) == notes


def test_text_is_as_it_stands_in_the_file():
    cells = read_cells(b'zip,x\n01067,NA\n 7,"a\nb"\n,""\n')
    assert cells["zip"].tolist()[:2] == ["01067", " 7"]
    assert cells["x"].tolist()[:2] == ["NA", "a\nb"]
    assert cells.isna().all(axis=1).tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "empty"), (b" \n\n", "empty"), (b"a,b\n", "no rows"),
        (b"a,b,a\n1,2,3\n", "a. "), (b"a,,b\n1,2,3\n", "Column 2"), (b",b\n1,2\n", "index=False"),
        (b"a,b\n1,2\n1\n2,3\n", "Row 3"), (b"a,b\n1,2\n1,2,3\n2\n", "2 rows, the first is row 3"),
        (b'a,b\n1,"2\n', "double quote"), (b"1,2,x\n3,4,x\n", "first row"), (b"5\n6\n", "first row"),
        (b'"a\nb",c\n1,2\n', "column 1"), (b"a" * 101 + b"\n1\n", "column 1"),
        (b"a\n\x81\n", "Line 2"), (b"\0\1\2\3", "neither"), (b"a\n\0\n", "neither"),
        (b"PK\x03\x04", "Excel"), (b"\x1f\x8b", "gzip"), (b"\x80\x04\x95", "pickle"), (b'{"a": 1}', "JSON"),
        (b"PAR1", "Parquet"), (b"PAR1" + b"\0" * 20 + b"PAR1", "Parquet"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_the_place(content, named):
    assert named in refused(content)


def test_a_cut_parquet_file_is_refused():
    whole = parquet(pa.table({"a": list(range(1000))}))
    assert "cut" in refused(whole[:-30])


@pytest.mark.parametrize(
    "column",
    [
        [[1], [2]],
        [{"x": 1}, None],
        [b"x", b"y"],
        pa.array([1, 2], pa.duration("s")),
        pa.array([1, 2], pa.time32("s")),
    ],
)
def test_nested_columns_are_refused_by_name(column):
    assert refused(parquet(pa.table({"good": [1, 2], "home.dest": column}))).startswith("home.dest")


def test_parquet_keeps_types_and_gaps():
    frame = pd.DataFrame({"i": [1, None], "b": [True, None], "f": [1.5, None]})
    frame = frame.astype({"i": "Int64", "b": "boolean"}).assign(
        c=pd.Categorical(["x", "y"], ["y", "x"]), when=pd.to_datetime(["2024-01-01", None]).tz_localize("UTC")
    )
    cells = read_cells(frame.to_parquet())
    kinds = ["Int64", "boolean", "float64", "category", "datetime64[us, UTC]"]
    assert [str(dtype) for dtype in cells.dtypes] == kinds
    assert cells["c"].cat.categories.tolist() == ["y", "x"]
    assert cells.isna().sum().tolist() == [1, 1, 1, 0, 1]


def test_a_large_integer_beside_a_gap_is_exact():
    table = pa.table({"n": pa.array([2**53 - 1, None], pa.int64()), "d": pa.array([1, 2], pa.date32())})
    cells = read_cells(parquet(table))
    assert cells["n"][0] == 2**53 - 1
    assert cells["d"].dtype.kind == "M"


def test_a_named_index_is_left_out_and_told():
    frame = pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="key"))
    file = read(frame.to_parquet())
    assert (list(file.cells.columns), len(file.notes)) == (["a"], 1)
    assert read(pd.DataFrame({"a": [1, 2]}, index=[5, 7]).to_parquet()).notes == ()


def test_a_damaged_page_is_noticed_where_it_has_a_checksum():
    """Without one the same file reads as another number, and nothing in it says so."""
    table = pa.table({"n": [1.5, 2.5, 3.5]})
    for has_checksum in (True, False):
        sink = io.BytesIO()
        pq.write_table(
            table, sink, compression="none", use_dictionary=False, write_page_checksum=has_checksum
        )
        content = sink.getvalue().replace(struct.pack("<d", 2.5), struct.pack("<d", 9.5), 1)
        if has_checksum:
            assert "cannot be read as Parquet" in refused(content)
            with pytest.raises(DatasetInvalid):
                column_of(io.BytesIO(content), "n")
        else:
            assert read(content).cells["n"].tolist() == [1.5, 9.5, 3.5]
