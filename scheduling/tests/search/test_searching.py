"""From a pipeline, lists of values and rows to the best parameters, by tasks that could run anywhere."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from scheduling.search import searching
from scheduling.search.rows import Rows
from scheduling.search.tasks import fit_fold
from scheduling.search.tried import SearchFailed
from scheduling.tests.search.estimators import Guess, find, make_rows

TREE = {"max_depth": [1, 2, 3, None], "min_samples_leaf": [1, 5, 20]}


@pytest.fixture(autouse=True)
def threads(monkeypatch):
    """Most tests need no processes: a pool of threads has the same shape, and starts at once."""
    monkeypatch.setattr(searching, "opened", lambda: of_threads(2))
    return lambda slots: monkeypatch.setattr(searching, "opened", lambda: of_threads(slots))


@contextmanager
def of_threads(slots):
    with ThreadPoolExecutor(slots) as executor:
        yield SimpleNamespace(slots=slots, submit=lambda task: executor.submit(fit_fold, task))


def scores(found):
    return [(one.proposal, one.scores) for one in found.trials]


def test_scores_are_those_of_scikit_learn(tmp_path):
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    found = find(pipeline, {"logisticregression__C": [0.01, 1.0]}, tmp_path, method="grid")
    rows = make_rows()
    folds = StratifiedKFold(3, shuffle=True, random_state=5)
    for one in found.trials:
        pipeline.set_params(**one.proposal.parameters)
        assert np.allclose(one.scores, cross_val_score(pipeline, rows.features, rows.target, cv=folds))
    assert found.score == max(one.mean for one in found.trials)


@pytest.mark.parametrize("method", ["random", "grid", "halving", "optuna"])
def test_the_same_seed_finds_the_same_with_any_number_of_workers(tmp_path, threads, method):
    if method == "optuna":
        pytest.importorskip("optuna")
    found = []
    rows = make_rows(2000)
    for slots in (1, 3):
        threads(slots)
        found.append(find(DecisionTreeClassifier(), TREE, tmp_path, rows=rows, method=method, trials=9))
    assert scores(found[0]) == scores(found[1])
    assert found[0].parameters == found[1].parameters
    assert len(found[0].trials) == (12 if method == "grid" else 9)


def test_halving_gives_the_better_third_three_times_the_rows(tmp_path):
    rows = make_rows(2000)
    found = find(DecisionTreeClassifier(), TREE, tmp_path, rows=rows, method="halving", trials=9)
    shares = sorted(one.proposal.share for one in found.trials)
    assert shares == pytest.approx([1 / 9] * 6 + [1 / 3] * 2 + [1])
    assert (
        next(one for one in found.trials if one.proposal.share == 1).proposal.parameters == found.parameters
    )


def test_a_lower_loss_is_better(tmp_path):
    rows = make_rows()
    values = Rows(features=rows.features, target=rows.features["a"] * 2)
    found = find(DecisionTreeRegressor(), {"max_depth": [1, 6]}, tmp_path, rows=values, metric="rmse")
    assert found.parameters == {"max_depth": 6}


def test_after_its_seconds_no_trial_begins_and_the_best_so_far_is_returned(tmp_path):
    parameters = {"share": [i / 20 for i in range(20)], "seconds": [0.2]}
    found = find(Guess(), parameters, tmp_path, seconds=0.8)
    assert 1 <= len(found.trials) < 20
    assert all(len(one.scores) == 3 for one in found.trials)
    assert len(found.notes) == 1


def test_without_time_for_one_trial_it_fails(tmp_path):
    with pytest.raises(SearchFailed, match="search_seconds"):
        find(Guess(), {"share": [0.5]}, tmp_path, seconds=0)


def test_a_trial_that_raises_is_a_failed_trial(tmp_path):
    found = find(Guess(), {"fails": [True, False]}, tmp_path)
    failed = next(one for one in found.trials if one.error)
    assert failed.proposal.parameters == {"fails": True}
    assert (failed.error, failed.message, failed.mean) == ("ValueError", "a cell of data: Anna", None)
    assert found.parameters == {"fails": False}
    assert len(found.notes) == 1


def test_where_all_fail_it_says_the_commonest_reason(tmp_path):
    with pytest.raises(SearchFailed, match="max_depth"):
        find(DecisionTreeClassifier(), {"max_depth": [-1, -2], "min_samples_leaf": [1]}, tmp_path)


def test_a_parameter_that_does_not_exist_is_named_before_anything_is_fitted(tmp_path):
    with pytest.raises(SearchFailed, match=r"max_dept .*max_depth"):
        find(DecisionTreeClassifier(), {"max_dept": [1]}, tmp_path)


@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        (make_rows(6), {}),
        (make_rows(rule="time", by=make_rows().target * 0.0), {}),
        (make_rows(rule="group", by=make_rows().target), {"folds": 5}),
        (make_rows(), {"method": "grid", "parameters": {"share": list(range(10_001))}}),
    ],
    ids=["rows", "times", "groups", "grid"],
)
def test_what_cannot_be_searched_is_refused(tmp_path, rows, asked):
    with pytest.raises(SearchFailed):
        find(Guess(), asked.pop("parameters", {"share": [0.5]}), tmp_path, rows=rows, **asked)
