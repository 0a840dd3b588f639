"""Many rows in one request: logged as the client wrote them, and read again by the version's signature."""

import json

import pytest

from predictions.log import segments
from predictions.log.ingester import Ingester
from predictions.models import ModelVersion, Prediction
from predictions.serving.follower import Follower
from predictions.tests import other_models
from predictions.tests.spool_files import finished, line

pytestmark = pytest.mark.django_db
ROWS = [{"age": 50, "town": "Rome"}, {"age": 20, "income": None}, {"town": "a\nb", "income": 7, "age": 10}]
INPUTS = [
    {"age": 50.0, "income": None, "town": "Rome"},
    {"age": 20.0, "income": None, "town": None},
    {"age": 10.0, "income": 7.0, "town": "a\nb"},
]


def columns(rows):
    return {"columns": {name: [row.get(name) for row in rows] for name in ("town", "age", "income")}}


@pytest.fixture
def buyers():
    other_models.buyers()
    return ModelVersion.objects.get().registered_model


def ask(client, body):
    reply = client.post("/api/models/buyers/predict", body, content_type="application/json")
    assert reply.status_code == 200
    return reply.json()


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("shape", [list, columns])
def test_what_was_asked_is_in_the_table_row_by_row(client, buyers, config, shape, indent):
    body = ask(client, json.dumps(shape(ROWS), indent=indent))
    ingester = Ingester(config.SPOOL_DIR)
    assert (ingester.step(), ingester.rejected.lines) == (3, 0)
    rows = list(Prediction.objects.order_by("pk"))
    assert [str(row.pk) for row in rows] == body["prediction_ids"]
    assert [row.inputs for row in rows] == INPUTS
    assert [row.output for row in rows] == body["predictions"]
    assert [row.probabilities for row in rows] == [
        list(p) for p in zip(*body["probabilities"].values(), strict=True)
    ]


def test_the_file_holds_the_body_itself_unless_a_feature_is_redacted(client, buyers, config):
    asked = json.dumps(ROWS).encode()
    ask(client, asked)
    [path] = segments.segments(config.SPOOL_DIR)
    assert path.read_bytes().count(asked) == 1
    buyers.redacted_features = ["town"]
    buyers.save()
    Follower().step()
    ask(client, asked)
    assert path.read_bytes().count(b"Rome") == 1
    Ingester(config.SPOOL_DIR).step()
    redacted = [{name: row[name] for name in ("age", "income")} for row in INPUTS]
    assert [row.inputs for row in Prediction.objects.order_by("pk")] == INPUTS + redacted


def test_a_body_that_the_signature_would_refuse_is_kept_aside(buyers, config, caplog):
    version = ModelVersion.objects.get()
    finished(config.SPOOL_DIR, line(version.pk, features=None, rows=[{"age": "old"}]))
    ingester = Ingester(config.SPOOL_DIR)
    assert (ingester.step(), ingester.rejected.lines) == (0, 1)
    assert "the rows" in caplog.text
