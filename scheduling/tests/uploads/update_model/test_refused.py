"""`POST /update_model`: who may not, and what is refused before anything is queued."""

import io
import json

import joblib
import pytest
from django.contrib.auth.models import User
from knox.models import get_token_model

from scheduling.registering import waiting
from scheduling.tests.model_files.upload_factory import make_forest
from scheduling.tests.uploads.update_model.posting import nothing_happened, post, upload


def test_a_pickle_is_refused_with_the_way_to_convert(client, token, live, config):
    buffer = io.BytesIO()
    joblib.dump(make_forest(), buffer)
    reply = post(client, token, upload(None, content=buffer.getvalue()))
    assert reply.status_code == 400
    (error,) = reply.json()["errors"]
    assert error["field"] == "modelObject"
    assert "skops.io.dump(model, 'model.skops')" in error["message"]
    assert nothing_happened(config)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"modelObject": "not base64!"}, "modelObject"),
        ({"modelObject": ""}, "modelObject"),
        ({"modelObject": 5}, "modelObject"),
        ({"modelObject": None}, "modelObject"),
        ({"modelFilename": "../../etc/passwd"}, "modelFilename"),
        ({"modelFilename": "a/b.skops"}, "modelFilename"),
        ({"modelFilename": "a\\b.skops"}, "modelFilename"),
        ({"modelFilename": ".hidden"}, "modelFilename"),
        ({"modelFilename": "a\nb"}, "modelFilename"),
        ({"modelFilename": "a\u0000b"}, "modelFilename"),
        ({"modelFilename": "x" * 101}, "modelFilename"),
        ({"modelFilename": ""}, "modelFilename"),
        ({"modelFilename": 5}, "modelFilename"),
        ({"extra": 1}, "extra"),
    ],
)
def test_bad_input_is_refused_by_field(client, token, live, config, change, field):
    reply = post(client, token, upload(None, content=b"PK\x03\x04") | change)
    assert reply.status_code == 400
    assert [error["field"] for error in reply.json()["errors"]] == [field]
    assert reply.json()["code"] == "invalid_input"
    assert nothing_happened(config)


@pytest.mark.parametrize("body", [b"", b"rubbish", b"[]", b"null", b"[" * 100_000, {}])
def test_a_body_without_the_two_fields_is_refused(client, token, live, config, body):
    reply = post(client, token, body)
    assert reply.status_code == 400
    fields = [error["field"] for error in reply.json()["errors"]]
    assert fields == (["body"] if body else ["modelFilename", "modelObject"])
    assert nothing_happened(config)


def test_a_body_that_is_too_large_is_refused(client, token, live, config):
    config.MAX_UPLOAD_BYTES = 1000
    reply = post(client, token, upload(None, content=b"PK\x03\x04" + b"x" * 1000))
    assert (reply.status_code, reply.json()["code"]) == (413, "body_too_large")
    assert nothing_happened(config)


@pytest.mark.parametrize("header", [None, "Token", "Token wrong", "Token \u00e9", "Bearer x"])
def test_without_a_token_nobody_uploads(client, live, config, header):
    headers = {"Authorization": header} if header else {}
    body = json.dumps(upload(None, content=b"PK\x03\x04"))
    reply = client.post("/update_model", body, content_type="application/json", headers=headers)
    assert reply.status_code == 401
    assert reply.json()["code"] in ("not_authenticated", "authentication_failed")
    assert nothing_happened(config)


def test_without_the_permission_nobody_uploads(client, live, config):
    _, token = get_token_model().objects.create(User.objects.create_user("bob"))
    reply = post(client, token, upload(None, content=b"PK\x03\x04"))
    assert (reply.status_code, reply.json()["code"]) == (403, "permission_denied")
    assert nothing_happened(config)


def test_a_second_upload_has_to_wait_its_turn(client, token, live, config):
    with waiting.slot.occupied():
        reply = post(client, token, upload(None, content=b"PK\x03\x04"))
    assert (reply.status_code, reply.json()["code"]) == (429, "throttled")
    assert waiting.WorkerBusy.default_detail in reply.json()["detail"]
    assert nothing_happened(config)


def test_without_a_default_model_there_is_nothing_to_update(client, token, live, config):
    type(live.registered_model).objects.update(is_default=False)
    reply = post(client, token, upload(None, content=b"PK\x03\x04"))
    assert reply.status_code == 404
    assert nothing_happened(config)


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_another_method_is_refused(client, token, live, method):
    reply = getattr(client, method)("/update_model", headers={"Authorization": f"Token {token}"})
    assert (reply.status_code, reply.json()["code"]) == (405, "method_not_allowed")
