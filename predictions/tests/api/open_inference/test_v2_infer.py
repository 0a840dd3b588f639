"""`POST /v2/models/{name}/infer`: tensors in, tensors out, by the Open Inference Protocol."""

import json

import pytest

from predictions.serving import answering
from predictions.tests import other_models
from predictions.tests.factories import make_person, token_of

pytestmark = pytest.mark.django_db
VALUES = [[5.1, 3.5, 1.4, 0.2], [6.5, 3.0, 5.8, 2.2]]
FLAT = [value for row in VALUES for value in row]
NAMES = ["sepallength", "sepalwidth", "petallength", "petalwidth"]


def infer(client, body, path="/v2/models/iris/infer", **extra):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(path, content, content_type="application/json", **extra)


def tensor(name, data, datatype="FP64", shape=None):
    return {"name": name, "shape": shape or [len(data)], "datatype": datatype, "data": data}


def matrix(data=FLAT, shape=(2, 4), datatype="FP64", name="features"):
    return {"inputs": [tensor(name, data, datatype, list(shape))]}


def outputs_of(reply):
    assert reply.status_code == 200, reply.content
    return {output["name"]: output for output in reply.json()["outputs"]}


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("version", ["", "/versions/1.0"])
def test_a_matrix_is_answered_with_all_outputs(client, live, version, slash):
    path = f"/v2/models/iris{version}/infer{slash}"
    reply = infer(client, matrix() | {"id": "42", "parameters": {"x": 1}, "model_name": "ignored"}, path)
    body = reply.json()
    assert (body["model_name"], body["model_version"], body["id"]) == ("iris", "1.0", "42")
    assert len(body["parameters"]["prediction_ids"].split(",")) == 2
    predict, proba = outputs_of(reply).values()
    assert predict == {"name": "predict", "shape": [2], "datatype": "INT64", "data": [0, 2]}
    assert (proba["name"], proba["shape"], proba["datatype"]) == ("predict_proba", [2, 3], "FP32")
    assert sum(proba["data"][:3]) == pytest.approx(1)
    assert "id" not in infer(client, matrix(), path).json()


@pytest.mark.parametrize(
    "body",
    [
        matrix(VALUES),
        matrix(datatype="FP32"),
        matrix(name="anything"),
        {"inputs": [tensor(name, FLAT[i::4]) for i, name in enumerate(NAMES)]},
        {"inputs": [tensor(name, [[v] for v in FLAT[i::4]], shape=[2, 1]) for i, name in enumerate(NAMES)]},
        {"inputs": [tensor(name, FLAT[i::4], "FP16") for i, name in reversed(list(enumerate(NAMES)))]},
        matrix() | {"outputs": []},
        matrix() | {"outputs": None, "id": None},
    ],
)
def test_flat_or_nested_and_one_matrix_or_columns_are_the_same(client, live, body):
    assert outputs_of(infer(client, body))["predict"]["data"] == [0, 2]


def test_only_the_requested_outputs_are_given_in_their_order(client, live):
    for names in (["predict_proba"], ["predict_proba", "predict"]):
        body = matrix() | {"outputs": [{"name": name} for name in names]}
        assert list(outputs_of(infer(client, body))) == names


def test_text_numbers_and_gaps_are_one_input_for_each_column(client):
    other_models.buyers()
    towns = [tensor("age", [50, 20], "INT64"), tensor("town", ["Rome", None], "BYTES")]
    path = "/v2/models/buyers/infer"
    outputs = outputs_of(infer(client, {"inputs": towns}, path))
    assert (outputs["predict"]["datatype"], outputs["predict"]["data"]) == ("BYTES", ["yes", "no"])
    with_income = {"inputs": [*towns, tensor("income", [1.5, None])]}
    assert outputs_of(infer(client, with_income, path))["predict"]["data"] == ["yes", "no"]


@pytest.mark.parametrize("body", [
    matrix([50, 1, 2], (1, 3)),
    matrix([50, 1, 2], (1, 3), "INT64"),
    {"inputs": [tensor("age", [50.0]), tensor("member", [True], "BOOL"), tensor("debt", [2], "UINT8")]},
    {"inputs": [tensor("age", [50]), tensor("member", [1], "INT32"), tensor("debt", [2])]},
])  # fmt: skip
def test_a_regression_gives_its_values_and_numbers_are_taken_for_what_they_are(client, body):
    other_models.spending()
    outputs = outputs_of(infer(client, body, "/v2/models/spending/infer"))
    assert list(outputs) == ["predict"]
    assert (outputs["predict"]["datatype"], outputs["predict"]["shape"]) == ("FP64", [1])
    assert outputs["predict"]["data"] == [pytest.approx(114, abs=0.01)]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (matrix([50.5, 1, 2], (1, 3)), "rows[0].age: Input should be a valid integer"),
        (matrix([50, 2, 2], (1, 3)), "rows[0].member: Input should be a valid boolean"),
        (matrix([50, 1, 0], (1, 3)), "rows[0].debt: Input should be greater than 0"),
        (matrix([50, None, 1], (1, 3)), "rows[0].member: Input should be a valid boolean"),
        (matrix([50, 1, 1], (1, 3)) | {"outputs": [{"name": "predict_proba"}]}, "no output predict_proba"),
    ],
)
def test_values_are_checked_by_the_signature_and_named(client, body, words):
    other_models.spending()
    reply = infer(client, body, "/v2/models/spending/infer")
    assert (reply.status_code, list(reply.json())) == (400, ["error"])
    assert words in reply.json()["error"]


def test_too_many_rows_are_413(client, live, config):
    config.MAX_ROWS = 1
    assert infer(client, matrix(FLAT[:4], (1, 4))).status_code == 200
    reply = infer(client, matrix())
    assert (reply.status_code, list(reply.json())) == (413, ["error"])


def test_another_version_needs_the_permission(client, live, strong):
    answering.shelf = answering.Shelf()
    path = "/v2/models/iris/versions/1.1/infer"
    assert infer(client, matrix(), path).status_code == 401
    assert infer(client, matrix(), path, headers={"Authorization": "Bearer x"}).status_code == 401
    assert infer(client, matrix(), path, headers=token_of(make_person("ann"))).status_code == 403
    reply = infer(client, matrix(), path, headers=token_of(make_person("tom", "try_version")))
    assert reply.json()["model_version"] == "1.1"


def test_the_database_is_not_asked_for_the_live_version(client, live, django_assert_num_queries):
    with django_assert_num_queries(0):
        for path in ("/v2/models/iris/infer", "/v2/models/iris/versions/1.0/infer"):
            assert infer(client, matrix(), path).status_code == 200
