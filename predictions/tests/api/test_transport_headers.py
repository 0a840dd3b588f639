"""What headers say of a body is followed or refused by the header's name, on every path that takes one."""

import gzip
import io
import json
import zlib

import pytest
from django.contrib.auth.models import User
from django.http import UnreadablePostError
from django.test import RequestFactory

from predictions.api.request_body import BodyTooLarge, read_body
from predictions.contract.fields import InvalidInput
from predictions.models import Promotion
from predictions.tests.factories import token_of

NOBODYS = "0153b009-6bb2-7873-abb2-81b4484be150"
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}
TENSOR = {"name": "features", "shape": [1, 4], "datatype": "FP64", "data": list(ROW.values())}
BODIES = {
    "/predict": ROW,
    "/api/models/iris/predict": ROW,
    "/api/models/iris/versions/1.0/predict": [ROW, ROW],
    "/v2/models/iris/infer": {"inputs": [TENSOR]},
    "/v2/models/iris/versions/1.0/infer": {"inputs": [TENSOR]},
    "/api/promotions": {"model": "iris", "version": "1.0", "replaces": "1.0", "reason": "again"},
    f"/api/predictions/{NOBODYS}/feedback": {"label": 1},
    "/api/feedback": [{"prediction_id": NOBODYS, "label": 1}],
    "/api/runs": {"task": "retrain", "model": "nothing"},
    "/update_model": {"modelFilename": "a/b", "modelObject": ""},
}
SHRINK = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP": gzip.compress,
    " deflate ": zlib.compress,
    "identity": bytes,
    "": bytes,
}


@pytest.fixture
def send(client, live):
    headers = token_of(User.objects.create_superuser("boss"))

    def send(path, body, coding=None, content_type="application/json", **more):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        coded = {} if coding is None else {"HTTP_CONTENT_ENCODING": coding}
        return client.generic("POST", path, content, content_type, headers=headers, **coded | more)

    return send


def without_ids(reply):
    """Status and body, but for the ids of predictions."""
    body = reply.json()
    for part in (body, body.get("parameters", {})):
        for name in ("prediction_id", "prediction_ids"):
            part.pop(name, None)
    return reply.status_code, body


def sentences_of(path, reply):
    """What the error says, in the shape of its path."""
    body = reply.json()
    if path.startswith("/v2"):
        assert list(body) == ["error"]
        return body["error"]
    if path == "/predict" and reply.status_code != 413:
        assert list(body) == ["species", "model", "errorMessage", "errorDetails"]
        return str(body["errorDetails"])
    assert list(body) == ["code", "detail", "errors"]
    return str(body["errors"])


@pytest.mark.parametrize("coding", SHRINK)
@pytest.mark.parametrize("path", BODIES)
def test_a_compressed_body_is_answered_as_the_plain_one(send, path, coding):
    plain = send(path, BODIES[path])
    shrunk = send(path, SHRINK[coding](json.dumps(BODIES[path]).encode()), coding)
    assert without_ids(shrunk) == without_ids(plain)
    assert plain.status_code < 300 or plain.json().get("detail") != "body: Input should be valid JSON"


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip", "aes128gcm", "²"])
@pytest.mark.parametrize("path", BODIES)
def test_a_coding_that_is_not_read_is_415_and_names_the_header(send, path, coding):
    reply = send(path, BODIES[path], coding)
    assert reply.status_code == 415
    assert "Content-Encoding" in sentences_of(path, reply)
    assert reply["Accept-Encoding"] == "gzip, deflate"


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        gzip.compress(json.dumps(ROW).encode())[:-9],
        gzip.compress(json.dumps(ROW).encode()) + b"{}",
        gzip.compress(b"{}")[:-8] + b"12345678",
        zlib.compress(b"{}"),
        b"\x1f\x8b",
    ],
    ids=["plain", "cut off", "more after it", "a wrong checksum", "deflate", "its first bytes"],
)
@pytest.mark.parametrize("path", BODIES)
def test_what_is_no_gzip_is_400_and_names_the_header(send, path, content):
    reply = send(path, content, "gzip")
    assert reply.status_code == 400
    assert "Content-Encoding" in sentences_of(path, reply)


def test_where_a_header_is_wrong_the_values_are_not_blamed(send):
    body = send("/predict", b"{}", "gzip").json()
    assert body["errorMessage"].startswith("Content-Encoding: ")


@pytest.mark.parametrize("path", BODIES)
def test_a_bomb_is_413(send, config, path):
    config.MAX_BODY_BYTES = config.MAX_BATCH_BYTES = config.MAX_UPLOAD_BYTES = 100_000
    reply = send(path, gzip.compress(b" " * 10_000_000), "gzip")
    assert reply.status_code == 413
    assert "100000" in sentences_of(path, reply)


def request_of(content, **headers):
    return RequestFactory().generic("POST", "/", content, "application/json", **headers)


def test_a_bomb_is_stopped_while_it_is_inflated(monkeypatch):
    held, inflater_of = [], zlib.decompressobj

    class Watched:
        def __init__(self, wbits):
            self._inflater = inflater_of(wbits)

        def decompress(self, content, most):
            held.append(len(inflated := self._inflater.decompress(content, most)))
            return inflated

    monkeypatch.setattr("predictions.api.request_body.zlib.decompressobj", Watched)
    with pytest.raises(BodyTooLarge):
        read_body(request_of(gzip.compress(b"0" * 50_000_000), HTTP_CONTENT_ENCODING="gzip"), 60_000)
    assert held == [60_001]


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_the_limit_itself_is_allowed_inflated(coding):
    content = SHRINK[" deflate " if coding == "deflate" else coding](b"0" * 5000)
    assert len(read_body(request_of(content, HTTP_CONTENT_ENCODING=coding), 5000)) == 5000


@pytest.mark.parametrize("path", BODIES)
def test_a_charset_that_matters_is_415_and_names_the_header(send, path):
    for charset, content in (("latin-1", '{"é": 1}'), ("utf-16", "{}"), ("Utf-32", "{}"), ("cp500", "{}")):
        reply = send(path, content.encode(charset), content_type=f"application/json; charset={charset}")
        assert reply.status_code == 415
        assert "Content-Type" in sentences_of(path, reply)


@pytest.mark.parametrize("charset", ["latin-1", "utf-8", "UTF8", "us-ascii", "nothing", "", '"', "utf-7"])
def test_a_charset_in_which_the_bytes_read_alike_is_taken(send, charset):
    reply = send("/predict", ROW, content_type=f"application/json; charset={charset}")
    assert reply.status_code == 200


@pytest.mark.parametrize("length", ["abc", "-5", "+5", "²", "1.5", "0x10", "9" * 30])
def test_a_length_that_is_none_is_a_4xx(send, length):
    assert send("/predict", ROW, CONTENT_LENGTH=length).status_code in (400, 413)
    assert send("/api/promotions", BODIES["/api/promotions"], CONTENT_LENGTH=length).status_code in (400, 413)


def test_a_body_that_is_shorter_than_announced_is_refused_though_it_reads_well(send):
    content = json.dumps(ROW).encode()
    reply = send(
        "/predict", content, CONTENT_LENGTH=str(len(content) + 1), **{"wsgi.input": io.BytesIO(content)}
    )
    assert (reply.status_code, reply.json()["errorDetails"][0]["field"]) == (400, "Content-Length")


def test_a_body_that_breaks_off_is_a_400():
    request = request_of(b"{}")

    def broken(size):
        raise UnreadablePostError("the connection is gone")

    request.read = broken
    with pytest.raises(InvalidInput, match="Content-Length"):
        read_body(request, 10)


@pytest.mark.parametrize("coding", ["gzip, chunked", "gzip", "identity", "chunked, chunked"])
def test_another_transfer_coding_than_chunked_is_refused_by_its_name(send, coding):
    reply = send("/predict", ROW, HTTP_TRANSFER_ENCODING=coding)
    assert (reply.status_code, reply.json()["errorDetails"][0]["field"]) == (400, "Transfer-Encoding")


def test_chunks_are_taken(send):
    assert send("/predict", ROW, HTTP_TRANSFER_ENCODING="Chunked").status_code == 200


def test_what_is_refused_changes_nothing(send, live):
    path = "/api/promotions"
    body = BODIES[path] | {"replaces": "1.0", "version": "1.0"}
    assert send(path, body, "br").status_code == 415
    assert Promotion.objects.count() == 1
