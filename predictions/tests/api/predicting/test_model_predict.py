"""`POST /api/models/{name}/predict`: any registered model, one row or many, strictly."""

import json

import pytest

from predictions.models import RegisteredModel
from predictions.serving import serving
from predictions.serving.follower import Follower
from predictions.tests import other_models
from predictions.tests.factories import make_model, make_person, token_of

pytestmark = pytest.mark.django_db
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}
OTHER = ROW | {"petallength": 5.8, "petalwidth": 2.2}


def post(client, body, model="iris", slash="", **extra):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    path = f"/api/models/{model}/predict{slash}"
    return client.post(path, content, content_type="application/json", **extra)


@pytest.mark.parametrize("slash", ["", "/"])
def test_one_row_is_answered_with_one_prediction(client, live, slash):
    reply = post(client, ROW, slash=slash)
    body = reply.json()
    assert reply.status_code == 200
    assert list(body) == ["model", "version", "prediction", "probabilities", "prediction_id"]
    assert (body["model"], body["version"], body["prediction"]) == ("iris", "1.0", 0)
    assert list(body["probabilities"]) == ["0", "1", "2"]
    assert sum(body["probabilities"].values()) == pytest.approx(1, abs=1e-6)
    assert (reply["X-Model-Version"], reply["X-Prediction-Id"]) == ("1.0", body["prediction_id"])


def test_many_rows_are_answered_with_lists_in_their_order(client, live):
    one, other = (post(client, row).json() for row in (ROW, OTHER))
    reply = post(client, [ROW, OTHER])
    body = reply.json()
    assert list(body) == ["model", "version", "predictions", "probabilities", "prediction_ids"]
    assert body["predictions"] == [one["prediction"], other["prediction"]] == [0, 2]
    for label, columns in body["probabilities"].items():
        assert columns == [one["probabilities"][label], other["probabilities"][label]]
    assert len(set(body["prediction_ids"])) == 2
    assert "X-Prediction-Id" not in reply


def test_columns_are_answered_as_rows_are(client, live):
    columns = {"columns": {name: [ROW[name], OTHER[name]] for name in ROW}}
    by_columns, by_rows = post(client, columns).json(), post(client, [ROW, OTHER]).json()
    for part in ("model", "version", "predictions", "probabilities"):
        assert by_columns[part] == by_rows[part]


def test_text_and_gaps_are_answered_with_labels_in_words(client):
    other_models.buyers()
    body = post(client, [{"age": 50, "town": "Rome"}, {"age": 20, "income": None}], "buyers").json()
    assert body["predictions"] == ["yes", "no"]
    assert list(body["probabilities"]) == ["no", "yes"]


def test_a_regression_is_answered_with_numbers_and_no_probabilities(client):
    other_models.spending()
    body = post(client, {"age": 50, "member": True, "debt": 2}, "spending").json()
    assert list(body) == ["model", "version", "prediction", "prediction_id"]
    assert body["prediction"] == pytest.approx(114, abs=0.01)


def test_bad_values_are_400_and_name_row_and_field(client, live):
    reply = post(client, [ROW, ROW | {"petalwidth": "0.2", "colour": "blue"}])
    assert reply.status_code == 400
    assert reply.json()["code"] == "invalid_input"
    assert reply.json()["errors"] == [
        {"row": 1, "field": "colour", "message": "Unknown field"},
        {"row": 1, "field": "petalwidth", "message": "Input should be a valid number"},
    ]


def test_too_many_rows_are_413(client, live, config):
    config.MAX_ROWS = 2
    assert post(client, [ROW] * 2).status_code == 200
    reply = post(client, [ROW] * 3)
    assert (reply.status_code, reply.json()["code"]) == (413, "too_many_rows")


def test_a_body_that_is_too_large_is_413(client, live, config):
    config.MAX_BATCH_BYTES = 100
    assert post(client, ROW).status_code == 200
    reply = post(client, [ROW] * 2)
    assert (reply.status_code, reply.json()["code"]) == (413, "body_too_large")
    config.MAX_BATCH_BYTES, config.MAX_BODY_BYTES = 1000, 10
    assert post(client, [ROW] * 2).status_code == 200


def test_ten_thousand_rows_fit_the_limits_as_they_are(client, live):
    body = post(client, [ROW] * 10_000).json()
    assert body["predictions"] == [0] * 10_000
    assert len(set(body["prediction_ids"])) == 10_000


def test_an_unknown_model_is_404(client, live):
    reply = post(client, ROW, "none")
    assert (reply.status_code, reply.json()["code"]) == (404, "not_found")


def test_a_model_that_is_not_public_is_there_with_a_token_for_it_only(client, live):
    RegisteredModel.objects.update(public=False)
    Follower().step()
    assert post(client, ROW).status_code == 404
    assert post(client, ROW, headers={"Authorization": "Token wrong"}).status_code == 401
    assert post(client, ROW, headers=token_of(make_person("bob"))).status_code == 404
    assert post(client, ROW, headers=token_of(make_person("ann", "predict"))).json()["prediction"] == 0


def test_nothing_live_is_503(client):
    make_model("empty")
    Follower().step()
    reply = post(client, {}, "empty")
    assert (reply.status_code, reply.json()["code"]) == (503, "no_live_version")


def test_a_live_version_that_does_not_load_is_503_and_says_where_to_look(client, live):
    broken = serving.ServedModel(
        name="iris", public=True, output_name="species", invalid_input_message="", log_rate=100,
        redacted=frozenset(), version=None,
    )  # fmt: skip
    serving.swap(serving.Snapshot(models={"iris": broken}, problems={"iris": "no file"}, known=True))
    reply = post(client, ROW)
    assert reply.status_code == 503
    assert "/health/ready" in reply.json()["detail"]


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_another_method_is_405(client, live, method):
    reply = getattr(client, method)("/api/models/iris/predict")
    assert (reply.status_code, reply.json()["code"]) == (405, "method_not_allowed")


def test_the_database_is_not_asked(client, live, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert post(client, [ROW]).status_code == 200
        assert post(client, [{}]).status_code == 400
        assert post(client, ROW, "none").status_code == 404
