"""Under `/v2` every error is {"error": sentence}, whatever fails."""

import json

import pytest
from django.db import OperationalError, ProgrammingError, connection
from django.test import Client

from predictions.models import RegisteredModel
from predictions.serving.follower import Follower
from predictions.tests.factories import make_model, make_person, token_of

pytestmark = pytest.mark.django_db
INFER = "/v2/models/iris/infer"


def tensor(**changed):
    good = {"name": "x", "shape": [1, 4], "datatype": "FP64", "data": [5.1, 3.5, 1.4, 0.2]}
    return {name: value for name, value in (good | changed).items() if value is not None}


def assert_error(reply, status):
    assert (reply.status_code, reply["Content-Type"]) == (status, "application/json"), reply.content
    assert list(reply.json()) == ["error"]
    assert len(reply.json()["error"]) > 10


def infer(client, body, **extra):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(INFER, content, content_type="application/json", **extra)


@pytest.mark.parametrize("path", ["/v2/nothing", "/v2/models", "/v2/models/iris/x", "/v2/x/y/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_path_is_404(client, path, method):
    assert_error(getattr(client, method)(path), 404)


@pytest.mark.parametrize("path", ["/v2/models/none", "/v2/models/none/ready", "/v2/models/iris/versions/7.7"])
def test_an_unknown_model_or_version_is_404(client, live, path):
    assert_error(client.get(path), 404)


@pytest.mark.parametrize("path", ["/v2", "/v2/health/live", "/v2/health/ready", "/v2/models/iris"])
def test_another_method_is_405(client, live, path):
    assert_error(client.post(path, b"{}", content_type="application/json"), 405)
    assert_error(client.put(INFER), 405)
    assert_error(client.get(INFER), 405)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"rubbish", b"[]", b"5", b"{}", b"[" * 100_000, b"\xff"),
        *(b'{"inputs": 5}', b'{"inputs": []}', b'{"inputs": [{"name": "x"}]}'),
        b'{"inputs": [{"name": "x", "shape": [1], "datatype": "FP64", "data": [NaN]}]}',
        {"inputs": [tensor()], "id": 5},
        {"inputs": [tensor()], "outputs": [{"name": "none"}]},
        {"inputs": [tensor()], "outputs": [{"name": "predict", "parameters": {"classification": 2}}]},
        {"inputs": [tensor(), tensor()]},
    ],
)
def test_what_is_not_in_the_protocol_is_400(client, live, body):
    assert_error(infer(client, body), 400)


def in_bytes(size):
    return {"data": None, "parameters": {"binary_data_size": size}}


@pytest.mark.parametrize(
    "changed",
    [
        *(
            {"shape": shape}
            for shape in ([4], [2, 4], [1, 3], [], [1, 4, 1], [-1, 4], [0, 4], "x", [10**400, 4])
        ),
        *({"data": [1, 2, 3, last]} for last in ("4", True, 1e39, None, -1, [4], {})),
        *({"data": data} for data in (None, [1, 2, 3], [[1, 2], [3, 4]], [[[1]]], {}, "text", 5)),
        *({"datatype": datatype} for datatype in ("FP128", 7, "INT64", "")),
        {"datatype": "BYTES", "data": ["a"] * 4},
        {"datatype": "BOOL", "data": [True] * 4},
        {"datatype": "INT8", "data": [1, 2, 3, 128]},
        {"datatype": "UINT8", "data": [-1] * 4},
        {"name": "sepalwidth", "shape": [4]},
        in_bytes(32),
        in_bytes("x"),
        {"parameters": {"shared_memory_region": "r"}},
    ],
)
def test_a_tensor_that_is_not_what_it_says_is_400(client, live, changed):
    assert_error(infer(client, {"inputs": [tensor(**changed)]}), 400)


def test_a_token_that_is_wrong_is_401(client, live):
    assert_error(infer(client, b"{}", headers={"Authorization": "Token wrong"}), 401)
    assert_error(client.get("/v2/models/iris", headers={"Authorization": "Token wrong"}), 401)


def test_a_model_that_is_not_public_is_there_with_a_token_for_it_only(client, live):
    RegisteredModel.objects.update(public=False)
    Follower().step()
    for path in ("/v2/models/iris", "/v2/models/iris/ready", "/v2/models/iris/versions/1.0"):
        assert_error(client.get(path), 404)
        assert_error(client.get(path, headers=token_of(make_person(f"p{len(path)}"))), 404)
        assert client.get(path, headers=token_of(make_person(f"r{len(path)}", "predict"))).status_code == 200
    assert_error(infer(client, {"inputs": [tensor()]}), 404)


def test_nothing_live_is_503(client):
    make_model("iris")
    Follower().step()
    assert_error(infer(client, {"inputs": [tensor()]}), 503)
    for path in ("/v2/models/iris", "/v2/models/iris/ready"):
        assert_error(client.get(path), 503)


def test_a_body_that_is_too_large_is_413(client, live, config):
    config.MAX_BATCH_BYTES = 10
    assert_error(infer(client, {"inputs": [tensor()]}), 413)


def test_a_host_that_is_not_ours_is_400(client, settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    assert_error(client.get("/v2", headers={"host": "evil.example"}), 400)


@pytest.mark.parametrize(
    ("error", "status"), [(OperationalError("db-17"), 503), (ProgrammingError("no"), 500)]
)
def test_a_database_that_is_away_is_503_and_a_bug_500(live, error, status):
    def refuse(execute, sql, params, many, context):
        raise error

    with connection.execute_wrapper(refuse):
        reply = Client(raise_request_exception=False).get("/v2/models/iris/versions/1.9")
    assert_error(reply, status)
    assert b"db-17" not in reply.content
