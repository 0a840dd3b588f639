"""Bad requests to `POST /api/promotions` are 4xx that name the field, and the ledger stays as it was."""

import json

import pytest

from predictions.tests.factories import ledger, make_live, make_model, make_person, make_version, token_of

pytestmark = pytest.mark.django_db
GOOD = {"model": "wine", "version": "1.1", "replaces": "1.0", "reason": "It is better."}


@pytest.fixture(autouse=True)
def wine():
    """A model with 1.0 live and 1.1 waiting: `GOOD` would promote it."""
    model = make_model()
    make_live(make_version(model, "a"))
    make_version(model, "b")
    return model


@pytest.fixture
def refused(client):
    """Post as one who may; assert the status, that nothing changed, and return the fields named."""
    headers = token_of(make_person("ann", "promote_version", "roll_back_version"))

    def send(body, status=400, **extra):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        client.raise_request_exception = False
        extra = {"content_type": "application/json"} | extra
        reply = client.post("/api/promotions", content, headers=headers, **extra)
        assert reply.status_code == status
        assert reply["Content-Type"] == "application/json"
        assert ledger() == [(1, "promote", "a", None)]
        assert all(error["message"] for error in reply.json()["errors"])
        return [error["field"] for error in reply.json()["errors"]]

    return send


@pytest.mark.parametrize("field", ["model", "version", "replaces", "reason"])
def test_each_field_that_is_missing_is_named(refused, field):
    assert refused({name: value for name, value in GOOD.items() if name != field}) == [field]


def test_all_that_are_missing_are_named_at_once(refused):
    assert refused({}) == refused(b"") == ["model", "replaces", "reason"]


def test_unknown_fields_are_named(refused):
    assert refused(GOOD | {"force": True, "": 1}) == ["force", ""]


def test_all_that_is_wrong_is_named_at_once(refused):
    assert refused({"model": 5, "reason": "r", "force": 1}) == ["model", "replaces", "force"]


@pytest.mark.parametrize("field", ["model", "version", "replaces", "reason", "kind"])
@pytest.mark.parametrize("value", [5, 1.0, True, [], ["wine"], {}, {"a": 1}, 10**30])
def test_a_value_of_the_wrong_type_is_named(refused, field, value):
    assert refused(GOOD | {field: value}) == [field]


@pytest.mark.parametrize("field", ["model", "version", "reason", "kind"])
def test_only_replaces_may_be_null(refused, field):
    assert refused(GOOD | {field: None}) == [field]


@pytest.mark.parametrize(
    ("field", "value"),
    [("reason", ""), ("reason", "  \n"), ("reason", "a\0b"), ("reason", "x" * 2001), ("model", ""),
     ("model", "x" * 65), ("model", "\0"), ("version", ""), ("version", "1." + "0" * 40),
     ("kind", "demote"), ("kind", "")],
)  # fmt: skip
def test_a_bad_value_is_named(refused, field, value):
    assert refused(GOOD | {field: value}) == [field]


def test_a_roll_back_names_no_version(refused):
    assert refused(GOOD | {"kind": "roll_back"}) == ["version"]


@pytest.mark.parametrize(
    "body",
    [b"rubbish", b"[]", b"[1]", b'"text"', b"5", b"null", b"{", b"\xff", b'{"model": NaN}',
     b'{"model": 1e400}x', b"[" * 100_000, b'{"model":' * 100_000, b'{"model": ' + b"9" * 5000 + b"}",
     b'{"reason": "\\ud800"}', b"model=wine&version=1.1&replaces=1.0&reason=r"],
)  # fmt: skip
def test_what_is_no_json_object_names_the_body(refused, body):
    assert refused(body) == ["body"]


def test_a_form_is_no_json_whatever_its_content_type(refused):
    assert refused(b"model=wine", content_type="application/x-www-form-urlencoded") == ["body"]
    assert refused(b"--x\r\n\r\n--x--", content_type="multipart/form-data; boundary=x") == ["body"]


def test_a_body_over_the_limit_is_413_whether_announced_or_not(refused, config):
    config.MAX_BODY_BYTES = 100
    assert refused(GOOD | {"reason": "x" * 200}, status=413) == ["body"]
    assert refused(b"{}", status=413, CONTENT_LENGTH="101") == ["body"]


@pytest.mark.parametrize("length", ["abc", "-1", ""])
def test_a_length_that_is_none_makes_no_server_error(refused, length):
    assert refused(GOOD, CONTENT_LENGTH=length)


def test_without_a_token_it_is_401(client):
    reply = client.post("/api/promotions", GOOD, content_type="application/json")
    assert (reply.status_code, reply.json()["code"]) == (401, "not_authenticated")
    assert reply["WWW-Authenticate"] == "Token"
    assert len(ledger()) == 1


@pytest.mark.parametrize(
    ("body", "permissions"),
    [(GOOD, []), (GOOD, ["roll_back_version", "lift_hold"]), ({"kind": "roll_back"}, ["promote_version"])],
)
def test_without_the_permission_it_is_403(client, body, permissions):
    body = body if body is GOOD else {"model": "wine", "replaces": "1.0", "reason": "r"} | body
    headers = token_of(make_person("bob", *permissions))
    reply = client.post("/api/promotions", body, content_type="application/json", headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (403, "permission_denied")
    assert len(ledger()) == 1
