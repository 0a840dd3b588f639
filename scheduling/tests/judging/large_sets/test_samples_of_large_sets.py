"""Of a large evaluation set a sample is judged, and each check that looks at it says so."""

import io

import pytest
from pandas.testing import assert_series_equal

from conftest import iris_spec
from predictions.models import Dataset
from predictions.registry import datasets, large_files
from predictions.tables import row_groups
from scheduling.evidence.samples import hashes_of, hashes_of_all
from scheduling.judging import judge
from scheduling.judging.all_rows import Judged, Rules, sums_of_all
from scheduling.runs.transitions import note
from scheduling.statistics.metrics.scored import Options
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


def test_both_are_measured_on_all_rows_as_they_are_at_once(iris, live, strong, large, monkeypatch):
    streamed = judged(iris, strong).results.get(check_id="evaluation_metrics").measured
    monkeypatch.setattr(large_files, "LARGE_ROWS", 1000)
    at_once = judged(iris, strong).results.get(check_id="evaluation_metrics").measured
    assert streamed["all_rows"]["rows"] == 105
    by_sample = streamed["all_rows"].pop("by_sample")
    for who in ("champion", "candidate"):
        values = {name: value for name, value in streamed["all_rows"][who].items() if name not in by_sample}
        assert values == pytest.approx({name: at_once[who][name] for name in values}, rel=1e-12)
        assert len(values) > 5
    assert by_sample == ["average_precision"]
    assert "all_rows" not in at_once


BY_ALL = {"f1_macro": True, "log_loss": True, "roc_auc": False}


@pytest.mark.parametrize(("metric", "by_all"), BY_ALL.items())
def test_the_gain_is_that_of_all_rows_where_the_metric_has_sums(
    iris, live, strong, large, monkeypatch, metric, by_all
):
    monkeypatch.setattr(row_groups, "GROUP", 40)
    iris.policy.primary_metric = metric
    iris.policy.save()
    streamed = judged(iris, strong).results.get(check_id="evaluation_metrics")
    monkeypatch.setattr(large_files, "LARGE_ROWS", 1000)
    at_once = judged(iris, strong).results.get(check_id="evaluation_metrics").measured
    assert streamed.measured["all_rows"]["interval"] is by_all
    assert ("sample" in streamed.message) is not by_all
    if by_all:
        assert streamed.measured["units"] == {"rows": 105}
        middle = sum(at_once["gain"].values())  # the second look at a set is at another level
        assert sum(streamed.measured["gain"].values()) == pytest.approx(middle, rel=1e-9)
        assert streamed.measured["mcnemar"] == pytest.approx(at_once["mcnemar"])


def test_minimum_values_are_of_all_rows(iris, live, strong, large):
    iris.policy.floors = {"accuracy": 0.6}
    iris.policy.save()
    measured = judged(iris, strong).results.get(check_id="absolute_floors").measured
    assert (measured["rows"], "sampled" in measured) == (105, False)


def test_a_label_that_the_signature_lacks_leaves_no_value(iris, strong):
    candidate, rows = Judged(version=strong, by_scikit_learn=False), read_csv("training").assign(species=7)
    how = {"rules": Rules(metric="f1_macro", options=Options()), "tell": lambda done: None}
    sums = sums_of_all(datasets.Table(Dataset(), rows), candidate, None, **how).sums
    assert sums["candidate"].values(["accuracy", "roc_auc"])[0] == {"accuracy": None, "roc_auc": None}


def test_the_run_tells_how_many_rows_are_done(iris, live, strong, large, monkeypatch):
    steps = []
    monkeypatch.setattr(judge, "TELL_SECONDS", 0)
    monkeypatch.setattr(
        judge, "note", lambda run, **columns: steps.append(columns.get("step")) or note(run, **columns)
    )
    judged(iris, strong)
    assert {"reading: 105 of 105 rows", "judging: 105 of 105 rows"} <= set(steps)
