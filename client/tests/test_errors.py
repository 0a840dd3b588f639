"""Every failure is an error of ours with a remedy, and none tells the token or a stack of HTTP."""

import json
import pickle
import socket

import pytest

import model_delivery
from model_delivery import (
    AccessDenied,
    Conflict,
    Delivery,
    DeliveryError,
    InvalidInput,
    NotFound,
    RunFailed,
    ServerFailed,
    TimedOut,
    TooLarge,
    TryLater,
    Unreachable,
)

PAGE = "<html><head><title>nginx</title></head><body>secret page</body></html>"


def told_by(delivery):
    """The error of one request that may be sent only once."""
    with pytest.raises(DeliveryError) as told:
        delivery._session.post("/api/promotions", {})
    assert told.value.__suppress_context__ or told.value.__cause__ is None
    assert "the-token" not in str(told.value)
    return told.value


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "invalid_input", InvalidInput),
        (401, "authentication_failed", AccessDenied),
        (403, "permission_denied", AccessDenied),
        (404, "not_found", NotFound),
        (405, "method_not_allowed", NotFound),
        (409, "live_version_changed", Conflict),
        (409, "run_failed", RunFailed),
        (413, "body_too_large", TooLarge),
        (415, "unsupported_encoding", InvalidInput),
        (422, "no_finite_answer", InvalidInput),
        (429, "throttled", TryLater),
        (500, "error", ServerFailed),
        (503, "database_away", TryLater),
        (507, "disk_full", ServerFailed),
    ],
)
def test_each_status_of_the_api_has_its_kind_with_fields(httpserver, delivery, status, code, kind):
    errors = [{"field": "reason", "message": "Field required"}]
    body = {"code": code, "detail": "reason: Field required", "errors": errors}
    httpserver.expect_request("/api/promotions").respond_with_json(body, status=status)
    error = told_by(delivery)
    assert type(error) is kind
    assert error.code == code
    assert error.problems[0].field == "reason"
    assert error.field


@pytest.mark.parametrize("status", [401, 403, 404, 405, 409, 413, 429, 500, 507])
def test_errors_without_fields_have_a_remedy(httpserver, delivery, status):
    body = {"code": "c", "detail": "A sentence.", "errors": []}
    httpserver.expect_request("/api/promotions").respond_with_json(body, status=status)
    error = told_by(delivery)
    assert error.remedy
    assert str(error).splitlines() == ["A sentence.", error.remedy]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, AccessDenied), (403, AccessDenied), (404, Unreachable), (407, AccessDenied), (413, TooLarge),
        (429, TryLater), (418, Unreachable), (500, ServerFailed), (502, TryLater), (503, TryLater),
        (504, TryLater), (599, ServerFailed), (200, Unreachable), (302, Unreachable),
    ],
)  # fmt: skip
def test_a_page_of_a_proxy_is_no_stack_and_is_not_quoted(httpserver, delivery, status, kind):
    httpserver.expect_request("/api/promotions").respond_with_data(
        PAGE, status=status, content_type="text/html"
    )
    error = told_by(delivery)
    assert type(error) is kind
    assert error.remedy
    assert "secret" not in str(error)


@pytest.mark.parametrize("body", ["", "null", "[", "[1]", '{"other": 1}', "[" * 100_000], ids=lambda b: b[:9])
def test_an_error_of_another_program_is_told_as_such(httpserver, delivery, body):
    httpserver.expect_request("/api/promotions").respond_with_data(body, status=404)
    assert type(told_by(delivery)) is Unreachable


def test_errors_of_another_shape_do_no_harm(httpserver, delivery):
    body = {"detail": "No.", "errors": [1, None, {"field": "a"}], "code": 7}
    httpserver.expect_request("/api/promotions").respond_with_json(body, status=400)
    assert [(problem.field, problem.message) for problem in told_by(delivery).problems] == [("a", "")]


@pytest.mark.parametrize(("header", "seconds"), [("1", 1.0), ("7", 7.0), ("nonsense", None), (None, None)])
def test_when_to_try_again_is_told(httpserver, delivery, header, seconds):
    headers = {"Retry-After": header} if header else {}
    body = {"code": "throttled", "detail": "Wait.", "errors": []}
    httpserver.expect_request("/api/promotions").respond_with_json(body, status=429, headers=headers)
    error = told_by(delivery)
    assert error.retry_after == seconds
    assert ("7 seconds" in error.remedy) == (seconds == 7)
    assert ("1 second." in error.remedy) == (seconds == 1)


def test_a_redirection_is_not_followed_with_the_token(httpserver, delivery, asked):
    httpserver.expect_request("/api/models").respond_with_data(
        status=301, headers={"Location": "https://elsewhere.example/"}
    )
    with pytest.raises(Unreachable) as told:
        list(delivery._session.listed("/api/models"))
    assert "https://elsewhere.example/" in str(told.value)
    assert len(asked()) == 1


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_nobody_there():
    error = told_by(Delivery(f"http://127.0.0.1:{free_port()}", "the-token"))
    assert type(error) is Unreachable
    assert error.field == "url"


def test_no_such_host(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")

    def nowhere(*args, **kwargs):
        raise socket.gaierror

    monkeypatch.setattr("socket.getaddrinfo", nowhere)
    assert told_by(Delivery("http://models.invalid", "the-token")).field == "url"


def test_no_tls_where_https_is_asked(httpserver):
    address = httpserver.url_for("").replace("http://", "https://")
    error = told_by(Delivery(address, "the-token"))
    assert type(error) is Unreachable
    assert "http://" in error.remedy


@pytest.mark.parametrize("timeout", [0.2])
def test_an_answer_that_does_not_come(timeout):
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        error = told_by(Delivery(address, "the-token", timeout=timeout))
    assert type(error) is TimedOut
    assert "timeout=" in error.remedy


def test_a_connection_that_is_cut(httpserver, delivery, until_noted):
    def cut(request):
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)

    httpserver.expect_request("/api/promotions").respond_with_handler(cut)
    assert type(told_by(delivery)) is Unreachable
    until_noted("/api/promotions")


def test_a_proxy_that_does_not_answer(monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    error = told_by(Delivery("http://models.invalid", "the-token"))
    assert "NO_PROXY" in error.remedy


@pytest.mark.parametrize(
    "url",
    ["", "models.example.org", "ftp://a", "http://", "http://a?b=c", "http://[", "::", "http://a:99999"],
)
def test_an_address_that_is_none_is_told_at_once(url, monkeypatch):
    monkeypatch.delenv("MODEL_DELIVERY_URL", raising=False)
    with pytest.raises(InvalidInput) as told:
        Delivery(url)
    assert told.value.field == "url"


@pytest.mark.parametrize("token", ["a\nb", "ä", "a\x00"])
def test_a_token_that_no_header_can_carry(token):
    with pytest.raises(InvalidInput) as told:
        Delivery("http://a", token)
    assert told.value.field == "token"
    assert token not in str(told.value)


def test_address_and_token_may_come_from_the_environment(httpserver, monkeypatch):
    monkeypatch.setenv("MODEL_DELIVERY_URL", httpserver.url_for(""))
    monkeypatch.setenv("MODEL_DELIVERY_TOKEN", "other ")
    httpserver.expect_request("/api/models", headers={"Authorization": "Token other"}).respond_with_json(
        {"results": [], "next": None}
    )
    assert Delivery().models() == []


def test_a_server_under_a_prefix(httpserver):
    httpserver.expect_request("/ml/api/models/churn").respond_with_json({"live_version": "1.0"})
    delivery = Delivery(httpserver.url_for("/ml/"), "t")
    assert delivery.model("churn").live == "1.0"


def test_names_with_strange_characters_stay_one_part_of_the_path(httpserver, delivery):
    with pytest.raises(DeliveryError):
        delivery.model("../a b?c")
    assert httpserver.log[0][0].path == "/api/models/../a b?c"
    assert httpserver.log[0][0].environ["REQUEST_URI"] == "/api/models/..%2Fa%20b%3Fc"


def test_every_error_survives_pickling_and_is_of_the_family():
    family = [each for each in vars(model_delivery).values() if isinstance(each, type)]
    errors = [each for each in family if issubclass(each, Exception)]
    assert len(errors) == 11
    for kind in errors:
        error = pickle.loads(pickle.dumps(kind("A sentence.", remedy="Do.", field="a", code="c")))
        assert isinstance(error, DeliveryError)
        assert (error.field, error.remedy, error.code) == ("a", "Do.", "c")


def test_an_error_with_many_fields_is_not_endless():
    problems = [model_delivery.Problem(field=str(n), message="m") for n in range(500)]
    assert len(str(InvalidInput("All:", problems=problems)).splitlines()) == 22


def test_json_of_the_api_is_what_the_schema_says(httpserver, delivery):
    httpserver.expect_request("/api/promotions").respond_with_data(json.dumps({"detail": "x"}), status=400)
    assert told_by(delivery).message == "x"
