"""What `/v2` tells of the server and of its models."""

import json
from dataclasses import replace

import pytest
from django.utils import timezone

from predictions.api.open_inference.outputs import outputs_of
from predictions.models import ModelVersion
from predictions.serving import serving
from predictions.tests import other_models
from predictions.tests.other_models import AGE, signature

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_server_says_who_it_is_and_that_it_lives(client, live, slash):
    body = client.get(f"/v2{slash}").json()
    assert body.keys() == {"name", "version", "extensions"}
    assert body["extensions"] == ["binary_tensor_data"]
    assert client.get(f"/v2/health/live{slash}").json() == {"live": True}
    assert client.get(f"/v2/health/ready{slash}").json() == {"ready": True}


@pytest.mark.parametrize("change", [{"known": False}, {"problems": {"iris": "no file"}}])
def test_the_server_is_not_ready_before_it_serves_what_is_live(client, live, change):
    serving.swap(replace(serving.current(), **change))
    reply = client.get("/v2/health/ready")
    assert (reply.status_code, reply.json()["ready"]) == (503, False)
    assert len(reply.json()["error"]) > 10


@pytest.mark.parametrize("path", ["", "/", "/versions/1.0", "/versions/1.0/"])
def test_a_model_of_numbers_takes_one_matrix(client, live, path):
    assert client.get(f"/v2/models/iris{path}").json() == {
        "name": "iris",
        "versions": ["1.0"],
        "platform": "onnxruntime_onnx",
        "inputs": [{"name": "features", "datatype": "FP64", "shape": [-1, 4]}],
        "outputs": [
            {"name": "predict", "datatype": "INT64", "shape": [-1]},
            {"name": "predict_proba", "datatype": "FP32", "shape": [-1, 3]},
        ],
        "properties": {
            "features": '["sepallength", "sepalwidth", "petallength", "petalwidth"]',
            "labels": "[0, 1, 2]",
        },
    }


def test_a_model_with_text_takes_columns(client):
    other_models.buyers()
    body = client.get("/v2/models/buyers").json()
    assert body["inputs"] == [
        {"name": "age", "datatype": "INT64", "shape": [-1, 1]},
        {"name": "town", "datatype": "BYTES", "shape": [-1, 1]},
        {"name": "income", "datatype": "FP64", "shape": [-1, 1]},
    ]
    assert body["outputs"][0] == {"name": "predict", "datatype": "BYTES", "shape": [-1]}
    assert json.loads(body["properties"]["optional"]) == ["town", "income"]


def test_a_version_that_is_not_live_is_told_of_and_ready_to_be_loaded(client, live, strong):
    assert client.get("/v2/models/iris/versions/1.1").json()["versions"] == ["1.1"]
    assert client.get("/v2/models/iris/versions/1.1/ready").json() == {"name": "iris", "ready": True}
    ModelVersion.objects.filter(pk=strong.pk).update(retired_at=timezone.now())
    assert client.get("/v2/models/iris/versions/1.1/ready").status_code == 409


@pytest.mark.parametrize("path", ["/ready", "/ready/", "/versions/1.0/ready", "/versions/1.0/ready/"])
def test_a_live_version_is_ready_and_the_database_is_not_asked(client, live, path, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get(f"/v2/models/iris{path}").json() == {"name": "iris", "ready": True}


@pytest.mark.parametrize(
    ("labels", "datatype"),
    [
        ((0, 1), "INT64"),
        ((False, True), "BOOL"),
        (("a", "b"), "BYTES"),
        ((0.5, 1.5), "FP64"),
        ((1, "a"), "BYTES"),
    ],
)
def test_labels_have_the_datatype_of_their_kind(labels, datatype):
    spec = signature("classification", "y", labels, AGE)
    assert outputs_of(spec, probabilities=False)[0].datatype == datatype
