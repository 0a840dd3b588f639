"""The wire format of the replaced system, line by line."""

import json

import pytest

ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}
MESSAGE = "Please ensure all feature values provided are positive numbers."


def post(client, body, path="/predict"):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(path, content, content_type="application/json")


@pytest.mark.parametrize("path", ["/predict", "/predict/"])
def test_it_predicts_and_names_the_version_in_headers(client, live, path):
    reply = post(client, ROW, path)
    assert reply.status_code == 200
    assert reply.json() == {"species": 0, "model": "rf-12-base"}
    assert reply["X-Model-Version"] == "1.0"
    assert len(reply["X-Prediction-Id"]) == 36


def test_it_lists_every_bad_field_under_the_models_own_message(client, live):
    reply = post(client, ROW | {"petalwidth": 0, "sepalwidth": -1})
    assert reply.status_code == 400
    assert reply.json() == {
        "species": None,
        "model": "rf-12-base",
        "errorMessage": MESSAGE,
        "errorDetails": [
            {"field": "sepalwidth", "message": "Input should be greater than 0"},
            {"field": "petalwidth", "message": "Input should be greater than 0"},
        ],
    }


@pytest.mark.parametrize("value", ["5.1", " 5.1 ", 5, 5.1])
def test_it_takes_a_number_written_as_a_string(client, live, value):
    assert post(client, ROW | {"sepallength": value}).status_code == 200


def test_it_ignores_unknown_fields(client, live):
    assert post(client, ROW | {"colour": "blue"}).json() == {"species": 0, "model": "rf-12-base"}


@pytest.mark.parametrize(
    "literal",
    [
        "true",
        "NaN",
        "Infinity",
        "-Infinity",
        "1e400",
        "1e39",
        '"nan"',
        '"inf"',
        "null",
        "[]",
        "{}",
        '"x"',
        '""',
        '"1_0"',
        '"0x10"',
        "9" * 5000,
    ],
)
def test_it_refuses_what_is_no_finite_number_and_names_the_field(client, live, literal):
    body = json.dumps(ROW | {"petallength": "HERE"}).replace('"HERE"', literal).encode()
    reply = post(client, body)
    assert reply.status_code == 400
    fields = [error["field"] for error in reply.json()["errorDetails"]]
    assert fields == ["petallength"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"rubbish",
        b"[1, 2]",
        b'"text"',
        b"null",
        b"5",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"z":' + b"[" * 100_000 + b"}",
        b"sepallength=5.1&sepalwidth=3.5",
    ],
)
def test_it_names_the_body_where_it_is_no_json_object(client, live, body):
    reply = post(client, body)
    assert reply.status_code == 400
    assert [error["field"] for error in reply.json()["errorDetails"]] == ["body"]


def test_it_answers_413_to_a_body_that_is_too_large(client, live, config):
    config.MAX_BODY_BYTES = 100
    reply = post(client, b'{"a": "' + b"x" * 200 + b'"}')
    assert reply.status_code == 413
    assert reply.json()["code"] == "body_too_large"


def test_it_answers_503_with_the_same_body_where_nothing_is_live(client, iris):
    from predictions.serving.follower import Follower

    Follower().step()
    reply = post(client, ROW)
    assert reply.status_code == 503
    body = reply.json()
    assert (body["species"], body["model"], body["errorDetails"]) == (None, None, [])
    assert client.get("/current_model").json() == {"currentModel": None}


def test_it_names_the_live_file(client, live):
    expected = {"currentModelName": "rf-12-base.joblib", "currentModelVersion": "1.0"}
    assert client.get("/current_model").json() == client.get("/current_model/").json() == expected


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_it_answers_another_method_with_405_in_json(client, live, method):
    reply = getattr(client, method)("/predict")
    assert reply.status_code == 405
    assert reply.json()["code"] == "method_not_allowed"


def test_it_asks_the_database_nothing_to_predict(client, live, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert post(client, ROW).status_code == 200
        assert post(client, {}).status_code == 400
