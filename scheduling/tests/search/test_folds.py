"""Which rows a fold is fitted on and which are scored, as a task reads them from the file."""

import numpy as np
import pandas as pd
import pytest

from scheduling.search.folds import write
from scheduling.tests.search.estimators import make_rows


def parts_of(rows, tmp_path, *, folds=3, share=1.0):
    file = write(rows, tmp_path / "rows.parquet", folds=folds, seed=1)
    return [file.read(fold, share=share) for fold in file.folds]


def numbered(rows, **columns):
    """The first feature says which row it is."""
    return make_rows(len(rows), **{"features": pd.DataFrame({"row": np.arange(len(rows))})} | columns)


def test_at_random_each_row_is_scored_once_and_labels_are_spread(tmp_path):
    parts = parts_of(make_rows(300), tmp_path)
    assert [len(x) for x, *_ in parts] == [200] * 3
    scored = np.concatenate([judged["a"] for _, _, judged, _ in parts])
    assert sorted(scored) == sorted(make_rows(300).features["a"])
    assert np.ptp([y.mean() for *_, y in parts]) < 0.02


def test_in_time_a_fold_is_fitted_on_older_rows_only_and_a_moment_is_not_divided(tmp_path):
    moments = pd.Series(np.random.default_rng(2).integers(0, 40, 400).astype(float))
    parts = parts_of(numbered(moments, rule="time", by=moments), tmp_path)
    sizes = []
    for x, _, judged, _ in parts:
        assert moments[x["row"]].max() < moments[judged["row"]].min()
        sizes.append(len(x))
    assert sizes == sorted(set(sizes))


def test_a_group_is_not_divided(tmp_path):
    groups = pd.Series([f"customer {i % 25}" if i % 25 else None for i in range(300)])
    for x, _, judged, _ in parts_of(numbered(groups, rule="group", by=groups), tmp_path):
        assert not set(groups[x["row"]].map(str)) & set(groups[judged["row"]].map(str))


def test_a_share_takes_some_rows_of_each_label_and_scores_all(tmp_path):
    rare = pd.Series([1] * 9 + [0] * 291)
    for _, y, judged, _ in parts_of(make_rows(300, target=rare), tmp_path, share=1 / 9):
        assert (len(judged), y.sum()) == (100, 2)
        assert 20 <= len(y) <= 26


@pytest.mark.parametrize("labels", [(0, 1), ("no", "yes"), (False, True), (1.5, 2.5)])
def test_rows_come_back_as_they_were(tmp_path, labels):
    features = pd.DataFrame({
        "number": [1.0, np.nan] * 30,
        "a.b": pd.Series(["x", np.nan, "y"] * 20, dtype="object"),
        "kind": pd.Categorical(["u", "v", None] * 20, categories=["v", "u", "w"]),
        "when": pd.to_datetime(["2026-01-01", "2026-01-02"] * 30).astype("datetime64[us]"),
        "zone": pd.to_datetime(["2026-01-01T00:00:00.000001Z"] * 60, utc=True).astype("datetime64[us, UTC]"),
    })  # fmt: skip
    target = pd.Series([labels[i % 2] for i in range(60)])
    rows = make_rows(60, features=features, target=target, labels=labels)
    for x, y, judged, judged_y in parts_of(rows, tmp_path):
        both = pd.concat([x, judged]).sort_values(["number", "a.b"])
        assert both.dtypes.to_dict() == features.dtypes.to_dict()
        assert both["kind"].value_counts().to_dict() == features["kind"].value_counts().to_dict()
        assert {*y.tolist(), *judged_y.tolist()} == {*labels}
        assert y.dtype == target.dtype or y.dtype == object
        assert both["a.b"].isna().sum() == 20


def test_rows_with_a_label_that_the_contract_lacks_are_left_out(tmp_path):
    target = pd.Series([0, 1, 7] * 100)
    assert sum(len(judged) for _, _, judged, _ in parts_of(make_rows(300, target=target), tmp_path)) == 200
