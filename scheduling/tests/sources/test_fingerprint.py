"""Equal rows have one hash, however they are ordered and cut; others have another."""

import pyarrow as pa
import pytest

from scheduling.sources.fingerprint import Fingerprint, row_hashes

COLUMNS = {
    "n": [1, None, 3, 1], "x": [0.5, float("nan"), None, -0.0], "t": ["a", None, "", "b"],
    "yes": [True, None, False, True], "at": pa.array([1, None, 3, 4], pa.timestamp("us", "UTC")),
}  # fmt: skip
TABLE = pa.table(COLUMNS)


def content(table, rows=100):
    found = Fingerprint(table.schema)
    for batch in table.to_batches(max_chunksize=rows):
        found.add(batch)
    return found.hexdigest


def test_neither_order_nor_batches_nor_the_order_of_columns_matter():
    expected = content(TABLE)
    assert content(TABLE.take([3, 1, 0, 2])) == expected
    assert content(TABLE, rows=1) == expected
    assert content(TABLE.select(["yes", "at", "x", "t", "n"])) == expected


def test_zero_has_one_hash():
    assert content(pa.table({"x": [0.0]})) == content(pa.table({"x": [-0.0]}))


@pytest.mark.parametrize(
    "other",
    [
        TABLE.slice(0, 3),
        TABLE.take([0, 1, 2, 3, 3]),
        TABLE.rename_columns(["m", "x", "t", "yes", "at"]),
        TABLE.set_column(2, "t", pa.array(["a", "", None, "b"])),
        TABLE.set_column(0, "n", pa.array([1, 0, 3, 1])),
        TABLE.set_column(0, "n", pa.array([1.0, None, 3.0, 1.0])),
        pa.table(COLUMNS | {"x": COLUMNS["x"][::-1]}),
    ],
)
def test_other_rows_have_another(other):
    assert content(other) != content(TABLE)


def test_rows_of_two_batches_are_told_apart_by_what_they_hold():
    whole = row_hashes(TABLE.combine_chunks().to_batches()[0], TABLE.schema.names)
    parts = [row_hashes(batch, TABLE.schema.names) for batch in TABLE.to_batches(max_chunksize=1)]
    assert [int(part[0]) for part in parts] == whole.tolist()
    assert len(set(whole.tolist())) == 4
