"""Predictions: of any length, with the frame's index, under the ids that feedback needs."""

import json

import numpy as np
import pandas as pd
import pytest
from werkzeug import Response

from model_delivery import Conflict, InvalidInput, TooLarge, predicting

PATH = "/api/models/churn/predict"
FRAME = pd.DataFrame({"age": [50.0, np.nan, 20.0], "town": ["Rome", None, "Oslo"]}, index=["a", "b", "c"])


def answered(request, *, most=10_000, version="1.0", label=True, shares=True):
    """As the API: one answer for each row, 413 over the limit."""
    columns = json.loads(request.data)["columns"]
    rows = len(next(iter(columns.values())))
    if rows > most:
        return Response(json.dumps({"code": "too_many_rows", "detail": "…", "errors": []}), 413)
    body = {"model": "churn", "version": version, "predictions": [label] * rows}
    if shares:
        body["probabilities"] = {"false": [0.25] * rows, "true": [0.75] * rows}
    body["prediction_ids"] = [f"id-{n}" for n in next(iter(columns.values()))]
    return Response(json.dumps(body))


@pytest.fixture
def serve(httpserver):
    return lambda path=PATH, **facts: httpserver.expect_request(path).respond_with_handler(
        lambda request: answered(request, **facts)
    )


def test_a_frame_is_sent_as_columns_and_answered_with_its_index(serve, churn, httpserver):
    serve()
    found = churn.predict(FRAME)
    [(request, _)] = httpserver.log
    assert request.get_json() == {"columns": {"age": [50.0, None, 20.0], "town": ["Rome", None, "Oslo"]}}
    assert request.headers["Authorization"] == "Token the-token"
    assert found.to_dict() == {"a": True, "b": True, "c": True}
    assert churn.last_ids.to_dict() == {"a": "id-50.0", "b": "id-None", "c": "id-20.0"}


@pytest.mark.parametrize(("label", "columns"), [(True, [False, True]), ("true", ["false", "true"])])
def test_probabilities_have_the_labels_as_columns(serve, churn, label, columns):
    serve(label=label)
    found = churn.predict_proba(FRAME)
    assert list(found.columns) == columns
    assert list(found.index) == ["a", "b", "c"]
    assert found.iloc[0].tolist() == [0.25, 0.75]


def test_a_model_without_probabilities_says_so(serve, churn):
    serve(shares=False)
    with pytest.raises(InvalidInput) as told:
        churn.predict_proba(FRAME)
    assert "predict(" in told.value.remedy


def test_a_long_frame_goes_in_batches_whose_size_is_found_out(serve, churn, httpserver):
    serve(most=400)
    frame = pd.DataFrame({"n": range(1000)})
    found = churn.predict(frame)
    statuses = [response.status_code for _, response in httpserver.log]
    assert len(found) == 1000
    assert churn.last_ids.tolist() == [f"id-{n}" for n in range(1000)]
    assert statuses == [413, 413, 200, 200, 200, 200]


def test_a_wide_frame_is_split_before_it_is_sent(serve, churn, monkeypatch, httpserver):
    serve()
    monkeypatch.setattr(predicting, "MOST_BYTES", 1000)
    assert len(churn.predict(pd.DataFrame({"n": range(500)}))) == 500
    assert max(len(request.data) for request, _ in httpserver.log) <= 1000


def test_one_row_that_is_too_large_is_an_error(serve, churn):
    serve(most=0)
    with pytest.raises(TooLarge):
        churn.predict({"n": 1})


def test_a_version_that_is_not_live_can_be_tried(serve, churn):
    serve("/api/models/churn/versions/1.1/predict", version="1.1")
    assert len(churn.predict(FRAME, version="1.1")) == 3


def test_a_promotion_in_between_begins_again(httpserver, churn, monkeypatch):
    monkeypatch.setattr(predicting, "MOST_ROWS", 2)
    versions = iter(["1.0", "1.1", "1.1", "1.1"])
    httpserver.expect_request(PATH).respond_with_handler(lambda r: answered(r, version=next(versions)))
    assert len(churn.predict(FRAME)) == 3
    assert list(versions) == []


def test_a_version_that_never_stays_is_an_error(httpserver, churn, monkeypatch):
    monkeypatch.setattr(predicting, "MOST_ROWS", 2)
    versions = iter("123456")
    httpserver.expect_request(PATH).respond_with_handler(lambda r: answered(r, version=next(versions)))
    with pytest.raises(Conflict) as told:
        churn.predict(FRAME)
    assert "version=" in told.value.remedy


def test_errors_name_the_row_of_the_whole_frame_and_what_to_do(httpserver, churn, monkeypatch):
    monkeypatch.setattr(predicting, "MOST_ROWS", 2)
    errors = [
        {"row": 0, "field": "age", "message": "Field required"},
        {"row": 0, "field": "id", "message": "Unknown field"},
        {"field": "town", "message": "Input should be one of: Rome, Oslo"},
    ]
    httpserver.expect_oneshot_request(PATH).respond_with_handler(answered)
    refused = {"code": "invalid_input", "detail": "…", "errors": errors}
    httpserver.expect_oneshot_request(PATH).respond_with_json(refused, status=400)
    with pytest.raises(InvalidInput) as told:
        churn.predict(FRAME)
    problems = told.value.problems
    assert [(problem.field, problem.row) for problem in problems] == [("age", 2), ("id", 2), ("town", None)]
    assert 'drop(columns=["id"])' in problems[1].remedy


def test_an_infinite_value_is_told_by_its_row_without_a_request(churn, asked, monkeypatch):
    with pytest.raises(InvalidInput) as told:
        churn.predict(pd.DataFrame({"age": [1.0, np.inf]}))
    assert (told.value.field, told.value.problems[0].row) == ("age", 1)
    assert asked() == []


def test_no_rows_are_an_error(churn, asked):
    with pytest.raises(InvalidInput):
        churn.predict(FRAME.iloc[:0])
    assert asked() == []


def test_without_pandas_there_are_lists(serve, churn, monkeypatch):
    serve()
    monkeypatch.setattr("model_delivery.tables.answers.find_spec", lambda name: None)
    assert churn.predict({"n": [1, 2]}) == [True, True]
    assert churn.last_ids == ["id-1", "id-2"]
    assert churn.predict_proba({"n": [1, 2]}) == {False: [0.25, 0.25], True: [0.75, 0.75]}
