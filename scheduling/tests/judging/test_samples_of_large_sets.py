"""Of a large evaluation set a sample is judged, and each check that looks at it says so."""

import io

import pytest
from pandas.testing import assert_series_equal

from conftest import iris_spec
from predictions.registry import datasets, large_files
from predictions.tables import row_groups
from scheduling.evidence.samples import hashes_of, hashes_of_all
from scheduling.tests.evidence_factory import read_csv
from scheduling.tests.replay.replays import assert_same, judged

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api", "rehearsed")]
SAMPLED = {"evaluation": {"rows": 105, "sample": 60}}


@pytest.fixture
def large(iris, monkeypatch):
    """The 105 training rows as an evaluation set in Parquet, of which 60 are looked at."""
    monkeypatch.setattr(large_files, "LARGE_ROWS", 60)
    buffer = io.BytesIO()
    read_csv("training").to_parquet(buffer)
    return datasets.register(registered_model=iris, role="evaluation", content=buffer.getvalue())


def test_checks_of_rows_tell_the_sample(iris, live, strong, large):
    results = {one.check_id: one for one in judged(iris, strong).results.all()}
    assert results["data_quality"].measured["sampled"] == SAMPLED
    assert "60 of 105 evaluation rows" in results["slices"].message
    assert "sampled" not in results["contract"].measured


def test_rows_are_compared_with_the_training_set_one_and_all(iris, live, strong, large):
    measured = judged(iris, strong).results.get(check_id="leakage").measured
    assert measured["rows_in_training"] == 105


def test_the_hashes_of_all_rows_are_those_of_the_rows_at_once(large, monkeypatch):
    monkeypatch.setattr(row_groups, "GROUP", 7)
    told, spec = [], iris_spec()
    streamed = hashes_of_all(datasets.Tables().of(large), spec, told.append)
    expected = hashes_of(datasets.whole_frame(large, spec), spec)
    assert_series_equal(streamed.features, expected.features)
    assert_series_equal(streamed.with_label, expected.with_label)
    assert (told[0], told[-1]) == (7, 105)


def test_a_replay_looks_at_the_same_rows(iris, live, strong, large):
    assert_same(judged(iris, strong))
