"""The schema is valid without warnings in every state of the database, and its sample works."""

import io
import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import ProgrammingError, connection

from predictions.models import Feature, RegisteredModel, Signature
from predictions.tests import other_models
from predictions.tests.factories import make_model, token_of

COMMAND = (
    "spectacular", "--validate", "--fail-on-warn", "--format=openapi-json", "--urlconf=predictions.urls",
    "--custom-settings=predictions.api.our_schema.settings.SCHEMA_SETTINGS",
)  # fmt: skip


def generated():
    """The schema as `manage.py spectacular` writes it; a warning fails."""
    out = io.StringIO()
    call_command(*COMMAND, stdout=out)
    return json.loads(out.getvalue())


def body_of_predict(schema):
    return schema["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]


def test_it_is_valid_in_a_database_without_tables(tmp_path):
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "VAR_DIR": str(tmp_path / "var"),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
    }
    made = subprocess.run(
        [sys.executable, "manage.py", *COMMAND],
        cwd=django_settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (made.returncode, made.stderr) == (0, "")
    assert body_of_predict(json.loads(made.stdout))["schema"] == {
        "type": "object",
        "additionalProperties": {},
    }


def test_it_is_valid_where_the_query_fails(db):
    def refuse(execute, sql, params, many, context):
        raise ProgrammingError("relation does not exist")

    with connection.execute_wrapper(refuse):
        schema = generated()
    assert "example" not in body_of_predict(schema)


def test_it_is_valid_with_empty_tables(db):
    assert "example" not in body_of_predict(generated())


def test_it_is_valid_for_a_model_without_a_signature(db):
    RegisteredModel.objects.create(name="bare", title="Bare", public=True, is_default=True)
    assert "example" not in body_of_predict(generated())


def test_it_describes_the_default_models_signature(iris):
    schema = generated()
    assert schema["openapi"].startswith("3.1")
    assert body_of_predict(schema)["schema"] == {"$ref": "#/components/schemas/PredictRequest"}
    request = schema["components"]["schemas"]["PredictRequest"]
    assert request["required"] == ["sepallength", "sepalwidth", "petallength", "petalwidth"]
    assert request["properties"]["petalwidth"] == {
        "type": "number",
        "example": 0.2,
        "description": "Width of the petal, in centimetres",
        "exclusiveMinimum": 0.0,
    }


def test_it_is_valid_for_every_kind_of_feature(db):
    signature = make_model(is_default=True).signatures.get()
    facts = [
        {"kind": "int", "minimum": 0, "maximum": 9, "example": 3},
        {"kind": "category", "categories": ["a", "b"], "example": "a"},
        {"kind": "text", "required": False, "example": "hello"},
        {"kind": "bool", "example": True},
        {"kind": "float", "exclusive_minimum": 0, "exclusive_maximum": 1, "example": 0.5},
    ]
    for position, columns in enumerate(facts):
        Feature.objects.create(signature=signature, position=position, name=f"x{position}", **columns)
    schema = generated()
    request = schema["components"]["schemas"]["PredictRequest"]
    assert request["required"] == ["x0", "x1", "x3", "x4"]
    assert [request["properties"][f"x{i}"]["type"] for i in range(5)] == [
        "integer", "string", ["string", "null"], "boolean", "number"
    ]  # fmt: skip
    assert request["properties"]["x1"]["enum"] == ["a", "b"]
    assert (request["properties"]["x0"]["minimum"], request["properties"]["x4"]["exclusiveMaximum"]) == (0, 1)
    assert signature.spec().parse(json.dumps(body_of_predict(schema)["example"]).encode())


@pytest.mark.parametrize("path", ["/schema", "/schema/"])
def test_the_sample_in_it_works(client, live, path):
    reply = client.get(path)
    assert reply.status_code == 200
    sample = body_of_predict(json.loads(reply.content))["example"]
    predicted = client.post("/predict", json.dumps(sample), content_type="application/json")
    assert (predicted.status_code, predicted.json()) == (200, {"species": 0, "model": "rf-12-base"})


def sent(client, path, operation, example):
    """What the operation answers to its own sample, its path filled with its own examples."""
    for parameter in operation["parameters"]:
        path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
    headers = token_of(User.objects.get_or_create(username="boss", is_superuser=True)[0])
    return client.post(path, json.dumps(example["value"]), content_type="application/json", headers=headers)


@pytest.mark.parametrize("kind", ["iris", "buyers", "spending"])
def test_the_samples_of_the_paths_that_name_a_model_work(client, live, kind):
    if kind != "iris":
        RegisteredModel.objects.update(is_default=False)
        getattr(other_models, kind)()
        RegisteredModel.objects.filter(name=kind).update(is_default=True)
    paths, tried = generated()["paths"], []
    for path, operations in paths.items():
        if path.endswith(("}/predict", "}/infer")):
            content = operations["post"]["requestBody"]["content"]["application/json"]
            for example in content["examples"].values():
                reply = sent(client, path, operations["post"], example)
                assert reply.status_code == 200, reply.content
                tried.append(path)
    assert len(tried) == 8
    assert len(set(tried)) == 4


def test_errors_under_v2_have_their_own_shape(iris):
    schema = generated()
    answer = schema["paths"]["/v2/models/{name}/infer"]["post"]["responses"]["default"]
    assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/V2Error"}
    assert list(schema["components"]["schemas"]["V2Error"]["properties"]) == ["error"]


def test_it_describes_what_is_live_not_what_is_newest(live):
    Signature.objects.create(
        registered_model=live.registered_model, number=2, task="regression", output_name="y"
    )
    request = generated()["components"]["schemas"]["PredictRequest"]
    assert "sepallength" in request["properties"]


def test_each_path_is_shown_once_and_every_operation_tells_of_errors(iris):
    schema = generated()
    paths = schema["paths"]
    assert {"/", "/predict", "/current_model", "/api/models/{name}", "/api/promotions"} <= paths.keys()
    assert [path for path in paths if path.endswith("/") and path != "/"] == []
    for path, operations in paths.items():
        shape = "V2Error" if path.startswith("/v2") else "Error"
        for operation in operations.values():
            answer = operation["responses"]["default"]["content"]["application/json"]["schema"]
            assert answer == {"$ref": f"#/components/schemas/{shape}"}


def test_writing_needs_the_token_and_predicting_does_not(iris):
    paths = generated()["paths"]
    assert paths["/api/promotions"]["post"]["security"] == [{"token": []}]
    assert {} in paths["/predict"]["post"].get("security", [{}])
