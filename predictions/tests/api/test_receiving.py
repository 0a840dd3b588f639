"""Without `model_delivery` each view counts its answers, and refuses a body of unknown length."""

import json
from tempfile import SpooledTemporaryFile

import pytest
from django.core.files.base import ContentFile
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse
from django.test import AsyncRequestFactory, RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from predictions.api.receiving import received
from predictions.counting import prometheus


class Counting:
    """What is counted."""

    def __init__(self):
        self.told = []

    def request(self, path, status):
        self.told.append((path, status))

    def latency(self, version_id, seconds):
        self.told.append((version_id, seconds > 0))


@pytest.fixture
def told(monkeypatch):
    counting = Counting()
    monkeypatch.setattr(prometheus, "_counting", counting)
    monkeypatch.setattr(prometheus, "_in_front", False)
    return counting.told


def view(request):
    response = HttpResponse(request.read())
    response.computed_by = 7
    return response


def send(path="/predict", **environ):
    request = RequestFactory().post(path, b"{}", content_type="application/json", **environ)
    if "HTTP_TRANSFER_ENCODING" in environ:
        del request.META["CONTENT_LENGTH"]
    return received(view)(request)


def test_an_answer_is_counted_with_its_version(told):
    assert send().content == b"{}"
    assert told == [("/predict", 200), (7, True)]


def test_a_view_that_raises_is_counted_as_a_500(told):
    def broken(request):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        received(broken)(RequestFactory().get("/v2"))
    assert told == [("/v2", 500)]


def test_a_body_of_unknown_length_is_refused_and_counted(told):
    reply = send(HTTP_TRANSFER_ENCODING="chunked")
    assert (reply.status_code, json.loads(reply.content)["code"]) == (411, "length_required")
    assert told == [("/predict", 411)]
    reply = send("/v2/models/iris/infer", HTTP_TRANSFER_ENCODING="chunked")
    assert (reply.status_code, list(json.loads(reply.content))) == (411, ["error"])


def by_asgi(body, content_type, **headers):
    """As Django has a request of an ASGI server."""
    named = {"content-type": content_type, **headers}.items()
    file = SpooledTemporaryFile(max_size=10)  # noqa: SIM115
    file.write(body)
    file.seek(0)
    scope = {"type": "http", "method": "POST", "path": "/predict", "headers": [
        (name.encode(), value.encode()) for name, value in named]}  # fmt: skip
    return ASGIRequest(scope, file)


def test_under_asgi_such_a_body_is_whole(told):
    request = by_asgi(b"{}", "application/json", **{"transfer-encoding": "chunked"})
    assert received(view)(request).content == b"{}"


@pytest.mark.parametrize("has_length", [False, True])
def test_under_asgi_a_form_needs_no_length(told, has_length):
    body = encode_multipart(BOUNDARY, {"name": "wine", "rows": ContentFile(b"a,b\n1,2\n", "rows.csv")})
    headers = {"content-length": str(len(body))} if has_length else {"transfer-encoding": "chunked"}
    request = by_asgi(body, MULTIPART_CONTENT, **headers)
    read = received(lambda request: HttpResponse(request.POST["name"] + request.FILES["rows"].name))
    assert read(request).content == b"winerows.csv"


def test_a_request_of_djangos_client_for_tests_is_as_it_was(told):
    assert received(view)(AsyncRequestFactory().get("/predict")).content == b""


def test_what_is_counted_in_front_is_not_counted_twice(told, monkeypatch):
    wrapped = received(view)
    prometheus.counted(lambda environ, start_response: None)
    assert received(view) is view  # whose URLs are loaded later has no layer more
    wrapped(RequestFactory().post("/predict", b"{}", "application/json"))
    assert told == []


def test_a_view_keeps_what_django_and_drf_look_for():
    view.csrf_exempt = True
    assert received(view).csrf_exempt
    assert received(view).__name__ == "view"
