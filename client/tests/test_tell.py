"""True labels: which row they belong to, and what is done with those that are refused."""

import numpy as np
import pandas as pd
import pytest

from model_delivery import InvalidInput


def taken(stored=0, unchanged=0, refused=()):
    return {"stored": stored, "unchanged": unchanged, "refused": list(refused)}


def refusal(row, code, field="prediction_id"):
    return {"row": row, "code": code, "field": field, "message": "A sentence."}


@pytest.fixture
def bodies(httpserver):
    return lambda: [request.get_json() for request, _ in httpserver.log]


def test_labels_are_sent_with_their_ids(httpserver, churn, bodies):
    httpserver.expect_request("/api/feedback").respond_with_json(taken(stored=2, unchanged=1))
    assert churn.tell(["a", "b", "c"], np.array([1, 0, 1])) == (2, 1)
    assert bodies() == [[{"prediction_id": i, "label": v} for i, v in zip("abc", [1, 0, 1], strict=True)]]


def test_one_label(httpserver, churn, bodies):
    httpserver.expect_request("/api/feedback").respond_with_json(taken(stored=1))
    churn.tell("a", np.True_)
    assert bodies() == [[{"prediction_id": "a", "label": True}]]


def test_two_series_are_paired_by_index_and_missing_labels_left_out(httpserver, churn, bodies):
    httpserver.expect_request("/api/feedback").respond_with_json(taken(stored=2))
    churn.tell(pd.Series(["a", "b", "c"], index=[7, 8, 9]), pd.Series(["no", "yes"], index=[9, 7]))
    assert bodies() == [[{"prediction_id": "a", "label": "yes"}, {"prediction_id": "c", "label": "no"}]]


def test_a_series_whose_index_is_not_unique_is_not_guessed(churn, asked):
    with pytest.raises(InvalidInput) as told:
        churn.tell(pd.Series(["a", "b"], index=[1, 1]), pd.Series([1, 0], index=[1, 2]))
    assert told.value.field == "labels"
    assert asked() == []


def test_other_lengths_are_told(churn, asked):
    with pytest.raises(InvalidInput):
        churn.tell(["a", "b"], [1])
    assert asked() == []


def test_nothing_to_tell_asks_nothing(churn, asked):
    assert churn.tell(["a"], [None]) == (0, 0)
    assert asked() == []


def test_what_is_not_logged_yet_is_told_again(httpserver, churn, bodies, no_pauses):
    early = taken(stored=1, refused=[refusal(1, "prediction_not_logged_yet")])
    httpserver.expect_ordered_request("/api/feedback").respond_with_json(early)
    httpserver.expect_ordered_request("/api/feedback").respond_with_json(taken(stored=1))
    assert churn.tell(["a", "b"], [1, 0]) == (2, 0)
    assert bodies()[1] == [{"prediction_id": "b", "label": 0}]
    assert no_pauses == [2.0]


def test_refused_labels_are_one_error_that_names_their_rows(httpserver, churn):
    refused = [refusal(0, "not_found"), refusal(1, "feedback_differs", "label")]
    httpserver.expect_request("/api/feedback").respond_with_json(taken(stored=1, refused=refused))
    with pytest.raises(InvalidInput) as told:
        churn.tell(["a", "b", "c", "d"], [None, 1, 0, 1])
    assert [(p.row, p.field) for p in told.value.problems] == [(1, "prediction_id"), (2, "label")]
    assert all(problem.remedy for problem in told.value.problems)
    assert "2 of 3" in str(told.value)


def test_what_stays_out_of_the_log_is_told_in_the_end(httpserver, churn):
    never = taken(refused=[refusal(0, "prediction_not_logged_yet")])
    httpserver.expect_request("/api/feedback").respond_with_json(never)
    with pytest.raises(InvalidInput):
        churn.tell(["a"], [1], wait=0)


def test_rows_are_counted_from_the_first_also_in_later_batches(httpserver, churn, monkeypatch):
    monkeypatch.setattr("model_delivery.telling.MOST_ROWS", 2)
    httpserver.expect_ordered_request("/api/feedback").respond_with_json(taken(stored=2))
    late = taken(refused=[refusal(0, "not_found")])
    httpserver.expect_ordered_request("/api/feedback").respond_with_json(late)
    with pytest.raises(InvalidInput) as told:
        churn.tell(["a", "b", "c"], [1, 0, 1])
    assert told.value.problems[0].row == 2
