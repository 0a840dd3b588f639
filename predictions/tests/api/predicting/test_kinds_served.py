"""A category and a timestamp, from each kind of request to the answer and to the prediction log."""

import json

import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from predictions.log.ingester import Ingester
from predictions.models import Prediction
from predictions.tests import other_models
from predictions.tests.other_models import AGE, HOME, JOINED, fitted, people, signature

pytestmark = pytest.mark.django_db
SPEC = signature("classification", "buys", ("no", "yes"), JOINED, AGE, HOME)
GOOD = {"home.town [x]": "Rome", "age": 70, "joined": "2024-02-29T12:00:00+02:00"}
OTHER = GOOD | {"home.town [x]": "Oslo", "joined": "1999-12-31 23:59:59.999999Z"}
KEPT = ["2024-02-29T10:00:00Z", "1999-12-31T23:59:59.999999Z"]


@pytest.fixture
def members(monkeypatch):
    frame = people().rename(columns={"town": "home.town [x]"})
    monkeypatch.setattr(other_models, "people", lambda: frame)
    columns = make_column_transformer(
        (OneHotEncoder(), ["home.town [x]"]), (StandardScaler(), ["age"]), remainder="drop"
    )
    return other_models.live(
        "members", SPEC, fitted(make_pipeline(columns, LogisticRegression()), frame, SPEC)
    )


def post(client, body, path="/api/models/members/predict"):
    return client.post(path, json.dumps(body), content_type="application/json")


def tensors(rows):
    kinds = {"home.town [x]": "BYTES", "age": "INT64", "joined": "BYTES"}
    return {
        "inputs": [
            {"name": name, "shape": [len(rows)], "datatype": kind, "data": [row[name] for row in rows]}
            for name, kind in kinds.items()
        ]
    }


@pytest.mark.parametrize(
    "body", [[GOOD, OTHER], {"columns": {name: [GOOD[name], OTHER[name]] for name in GOOD}}]
)
def test_rows_and_columns_are_answered_and_logged_as_iso_8601(client, members, config, body):
    reply = post(client, body)
    assert (reply.status_code, reply.json()["predictions"]) == (200, ["yes", "no"])

    Ingester(config.SPOOL_DIR).step()
    logged = Prediction.objects.order_by("pk").values_list("inputs", flat=True)
    assert [row["joined"] for row in logged] == KEPT
    assert [row["home.town [x]"] for row in logged] == ["Rome", "Oslo"]


def test_one_row_is_answered_and_logged_as_iso_8601(client, members, config):
    assert post(client, GOOD).json()["prediction"] == "yes"
    Ingester(config.SPOOL_DIR).step()
    assert Prediction.objects.get().inputs["joined"] == KEPT[0]


def test_tensors_are_texts(client, members):
    inputs = client.get("/v2/models/members").json()["inputs"]
    assert [one["datatype"] for one in inputs] == ["BYTES", "INT64", "BYTES"]
    reply = post(client, tensors([GOOD, OTHER]), "/v2/models/members/infer")
    assert reply.status_code == 200, reply.content
    assert reply.json()["outputs"][0]["data"] == ["yes", "no"]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"joined": "2024-02-29T12:00:00"}, "joined"), ({"joined": 1.5}, "joined"), ({"joined": None}, "joined"),
     ({"home.town [x]": "Paris"}, "home.town [x]"), ({"age": 2**53 + 1}, "age")],
)  # fmt: skip
def test_what_does_not_fit_is_named(client, members, change, field):
    reply = post(client, [GOOD, GOOD | change])
    assert reply.status_code == 400
    assert [(one["row"], one["field"]) for one in reply.json()["errors"]] == [(1, field)]
