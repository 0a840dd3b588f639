"""A large Parquet file gives the same rows, read by columns or by row groups, as it does read at once."""

import io

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_series_equal

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset, RegisteredModel
from predictions.registry import artefacts, large_files
from predictions.registry.datasets import Table, Tables, whole_frame
from predictions.registry.large_files import LargeFile
from predictions.tables import row_groups
from predictions.tables.names import DatasetInvalid
from predictions.tables.parquet_files import read_parquet

ROWS, SAMPLE = 100, 30
KINDS = {"number": Kind.FLOAT, "whole": Kind.INT, "truth": Kind.BOOL, "at": Kind.TIMESTAMP, "city": Kind.TEXT}
SPEC = SignatureSpec(
    task="classification",
    output_name="y",
    labels=(0, 1),
    features=tuple(
        FeatureSpec(name=name, kind=kind, example=1, required=False) for name, kind in KINDS.items()
    ),
)


def rows():
    """With gaps; in the first ten rows no label and no text is known."""
    chance, known = np.random.default_rng(1), np.arange(ROWS) >= 10
    cells = {
        "city": pd.Series(chance.choice(["a", "b", ""], ROWS)).where(known),
        "number": pd.Series(chance.normal(size=ROWS)).where(chance.random(ROWS) > 0.2),
        "whole": pd.Series(chance.integers(0, 9, ROWS), dtype="Int64").where(known),
        "truth": pd.Series(chance.random(ROWS) > 0.5, dtype="boolean").where(chance.random(ROWS) > 0.2),
        "at": pd.Timestamp("2026-01-01") + pd.to_timedelta(chance.integers(0, 10**6, ROWS), unit="s"),
        "y": pd.Series(chance.integers(0, 2, ROWS), dtype="Int64").where(known),
        "more": np.arange(ROWS),
    }
    return pd.DataFrame(cells)


@pytest.fixture
def large(monkeypatch):
    """A dataset that counts as large, in row groups of 16 rows, with the index that pandas wrote."""
    monkeypatch.setattr(large_files, "LARGE_ROWS", SAMPLE)
    monkeypatch.setattr(row_groups, "GROUP", 7)
    buffer = io.BytesIO()
    rows().set_axis(pd.Index(np.arange(ROWS) * 2, name="old")).to_parquet(buffer, row_group_size=16)
    content = buffer.getvalue()
    file = artefacts.store(content, folder="datasets/x", filename="evaluation.parquet")
    model = RegisteredModel(name="x")
    return Dataset(
        pk=1,
        registered_model=model,
        file=file,
        sha256=artefacts.sha256_of(content),
        rows=ROWS,
        format="parquet",
    )


@pytest.fixture
def at_once(large):
    content = artefacts.read(large.file, sha256=large.sha256)
    return Table(large, read_parquet(content)[0])


def test_all_rows_for_the_fit_are_those_of_the_file_read_at_once(large, at_once):
    assert_frame_equal(whole_frame(large, SPEC), at_once.frame(SPEC))
    assert_series_equal(Tables().whole(large).column("more"), at_once.column("more"), check_dtype=False)
    assert [Tables().whole(large).has(name) for name in ("more", "old")] == [True, False]


def test_row_groups_are_those_of_the_file_read_at_once(large, at_once):
    parts = list(Tables().of(large).batches(SPEC))
    assert max(map(len, parts)) <= 7
    assert_frame_equal(pd.concat(parts), at_once.frame(SPEC), check_dtype=False)


def test_the_sample_is_the_same_each_time_and_keeps_the_places_of_its_rows(large, at_once):
    table = Tables().of(large)
    assert (len(table.cells), table.is_sample, table.cells.index.is_unique) == (SAMPLE, True, True)
    assert_frame_equal(table.cells, Tables().of(large).cells)
    assert_frame_equal(table.frame(SPEC), at_once.frame(SPEC).loc[table.cells.index], check_dtype=False)


def test_a_file_that_was_changed_is_not_read(large, config):
    with (config.MEDIA_ROOT / large.file).open("r+b") as file:
        file.seek(50)
        file.write(b"x")
    for ask in (Tables().of, lambda dataset: whole_frame(dataset, SPEC)):
        with pytest.raises(artefacts.ArtefactCorrupt):
            ask(large)


def test_a_column_that_is_absent_is_named(large):
    with pytest.raises(DatasetInvalid, match="other"):
        LargeFile(large).column("other")


def test_a_csv_file_is_never_a_sample(large):
    assert not large_files.is_large(Dataset(format="csv", rows=ROWS))
