"""NaN and infinity are no answers: rows to which a model has none are named, and count as its failure."""

import json
import os
from types import SimpleNamespace

import numpy as np
import pytest
from django.contrib.auth.models import User
from sklearn.linear_model import LinearRegression

from predictions.counting import prometheus
from predictions.log import request_counts, spool
from predictions.models import RegisteredModel
from predictions.serving import serving
from predictions.serving.follower import Follower
from predictions.tests import other_models
from predictions.tests.factories import token_of
from predictions.tests.log.test_request_counts import last_lines

pytestmark = pytest.mark.django_db
GOOD = {"age": 50, "member": True, "debt": 1.5}
FAR = GOOD | {"debt": 3e38}  # times 1e271 it is no finite number
COLUMNS = {name: [GOOD[name], FAR[name], GOOD[name], FAR[name]] for name in GOOD}


def tensors(columns):
    kinds = {"age": "FP64", "member": "BOOL", "debt": "FP64"}
    return {
        "inputs": [
            {"name": name, "shape": [len(values)], "datatype": kinds[name], "data": values}
            for name, values in columns.items()
        ]
    }


@pytest.fixture
def version(db):
    """`spending` is live and the default model; this process counts as a web worker does."""
    frame = other_models.people()
    frame["spends"] = 1e271 * frame["debt"]
    model = other_models.fitted(LinearRegression(), frame, other_models.NUMBERS)
    version = other_models.live("spending", other_models.NUMBERS, model, frame)
    RegisteredModel.objects.filter(name="spending").update(is_default=True)
    Follower().step()
    request_counts.start()
    prometheus.start()
    yield version
    os.close(prometheus._counting.place.lock)
    prometheus._counting = None
    request_counts.counts = request_counts.Counts(are_written=False)


@pytest.fixture(params=["anonymous", "with a token"])
def post(client, request, version):
    headers = token_of(User.objects.create_superuser("boss")) if request.param == "with a token" else {}
    return lambda path, body: client.post(
        path, json.dumps(body), content_type="application/json", headers=headers
    )


def failures(version, config):
    """What the counts and the metrics say."""
    request_counts.counts.write(at_once=True)
    counted = {s.name: s.value for f in prometheus.families() for s in f.samples if s.labels.get("model")}
    (line,) = last_lines(config).values()
    told = (line.answered, line.refused, line.failed, line.last_error)
    return (*told, counted.get("predictions_failed_total", 0))


def test_predict_says_so_in_its_own_body(post, version, config):
    before = spool.state().appended
    reply = post("/predict", FAR)
    assert reply.status_code == 422
    body = reply.json()
    assert (body["spends"], body["model"]) == (None, "spending")
    assert body["errorMessage"]
    assert [error["field"] for error in body["errorDetails"]] == ["spends"]
    assert reply["X-Model-Version"] == "1.0"
    answered, refused, failed, last_error, counted = failures(version, config)
    assert (answered, refused, failed, counted) == (0, 0, 1, 1)
    assert last_error.startswith("NoFiniteAnswer: ")
    assert "e+38" not in last_error
    assert spool.state().appended == before


@pytest.mark.parametrize(
    ("body", "rows"),
    [(FAR, [None]), ([GOOD, FAR, GOOD, FAR], [1, 3]), ({"columns": COLUMNS}, [1, 3])],
    ids=["one row", "many rows", "columns"],
)
@pytest.mark.parametrize(
    "path", ["/api/models/spending/predict", "/api/models/spending/versions/1.0/predict"]
)
def test_the_api_names_the_rows(client, version, config, path, body, rows):
    headers = token_of(User.objects.create_superuser("boss"))
    reply = client.post(path, json.dumps(body), content_type="application/json", headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (422, "no_finite_answer")
    assert [error.get("row") for error in reply.json()["errors"]] == rows
    assert {error["field"] for error in reply.json()["errors"]} == {"spends"}
    assert failures(version, config)[:3] == (0, 0, 1)


def test_the_open_inference_protocol_names_the_rows(post, version, config):
    reply = post("/v2/models/spending/infer", tensors(COLUMNS))
    assert (reply.status_code, list(reply.json())) == (422, ["error"])
    assert "rows[1].spends" in reply.json()["error"]
    assert "rows[3].spends" in reply.json()["error"]
    assert failures(version, config)[:3] == (0, 0, 1)


def test_at_most_a_hundred_rows_are_named(post, version):
    errors = post("/api/models/spending/predict", [FAR] * 250).json()["errors"]
    assert [error["row"] for error in errors] == list(range(100))


def test_an_answer_next_to_it_is_answered_and_counted_as_such(post, version, config):
    assert post("/predict", GOOD).status_code == 200
    assert post("/predict", GOOD | {"debt": 1e36}).status_code == 200
    assert failures(version, config)[:3] == (2, 0, 0)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_probability_that_is_none_is_no_answer_either(client, live, monkeypatch, wrong):
    shares = np.array([[0.5, 0.5, 0.0], [0.0, wrong, 1.0]], np.float32)
    session = SimpleNamespace(run=lambda names, inputs: [np.array([0, 1]), shares])
    monkeypatch.setitem(serving.current().default.version.__dict__, "session", session)
    row = dict.fromkeys(("sepallength", "sepalwidth", "petallength", "petalwidth"), 1)
    reply = client.post("/api/models/iris/predict", json.dumps([row, row]), content_type="application/json")
    assert reply.status_code == 422
    assert reply.json()["errors"][0].items() >= {"row": 1, "field": "species"}.items()


def test_values_whose_sum_alone_is_no_number_are_answered(client, version, monkeypatch):
    session = SimpleNamespace(run=lambda names, inputs: [np.array([1.7e308, 1.7e308])])
    monkeypatch.setitem(serving.current().default.version.__dict__, "session", session)
    reply = client.post(
        "/api/models/spending/predict", json.dumps([GOOD, GOOD]), content_type="application/json"
    )
    assert (reply.status_code, reply.json()["predictions"]) == (200, [1.7e308, 1.7e308])
