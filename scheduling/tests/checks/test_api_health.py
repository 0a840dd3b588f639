"""Is the live API reachable? Against a real server on a free port."""

import socket

import pytest

from scheduling.checks.api_health import ApiHealth
from scheduling.evidence.outcomes import Level
from scheduling.tests.evidence_factory import ask, make_evidence

FAST = ApiHealth(attempts=2, timeout_seconds=1.0)


def run(forests, url, check=FAST):
    return ask(check, make_evidence(forests, api_base_url=url.rstrip("/")))


def answer(httpserver, *, home=None, current=None):
    """Let the server answer `/` and `/current_model`."""
    httpserver.expect_request("/").respond_with_json(home or {"health_check": "success"})
    httpserver.expect_request("/current_model").respond_with_json(current or {"currentModel": None})
    return httpserver.url_for("/")


def test_it_passes_where_both_paths_answer_and_keeps_what_was_measured(forests, httpserver):
    url = answer(httpserver)
    outcome = run(forests, url, ApiHealth())
    assert outcome.level is Level.PASS
    assert url.rstrip("/") in outcome.message
    assert [outcome.measured[path]["status"] for path in ("/", "/current_model")] == [200, 200]
    assert all(outcome.measured[path]["seconds"] >= 0 for path in outcome.measured)
    assert outcome.limit == {"attempts": 4, "timeout_seconds": 5.0}


def test_it_asks_as_a_json_client(forests, httpserver):
    answer(httpserver)
    run(forests, httpserver.url_for("/"))
    assert {request.headers["Accept"] for request, _ in httpserver.log} == {"application/json"}


def test_it_tries_again_after_a_503(forests, httpserver):
    httpserver.expect_ordered_request("/").respond_with_data("starting", status=503)
    httpserver.expect_ordered_request("/").respond_with_json({"health_check": "success"})
    httpserver.expect_ordered_request("/current_model").respond_with_json({"currentModel": None})
    outcome = run(forests, httpserver.url_for("/"))
    assert outcome.level is Level.PASS
    assert len(httpserver.log) == 3


def test_it_fails_after_as_many_attempts_as_the_limit_says(forests, httpserver):
    httpserver.expect_request("/").respond_with_data("no", status=503)
    httpserver.expect_request("/current_model").respond_with_json({"currentModel": None})
    outcome = run(forests, httpserver.url_for("/"))
    assert outcome.level is Level.FAIL
    assert "ResponseError" in outcome.message
    assert len([request for request, _ in httpserver.log if request.path == "/"]) == 2
    assert outcome.measured["/"]["status"] is None
    assert outcome.limit == FAST.limits


def test_it_fails_a_refused_connection_and_names_the_address(forests):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        outcome = run(forests, url, ApiHealth(attempts=1))
    assert outcome.level is Level.FAIL
    assert f"GET / of {url} " in outcome.message


@pytest.mark.parametrize(("status", "remedy"), [(400, "ALLOWED_HOSTS"), (404, "prefix")])
def test_it_names_the_status_and_what_to_do(forests, httpserver, status, remedy):
    for path in ("/", "/current_model"):
        httpserver.expect_request(path).respond_with_data("<html>", status=status)
    outcome = run(forests, httpserver.url_for("/"))
    assert outcome.level is Level.FAIL
    assert str(status) in outcome.message
    assert outcome.message.count(remedy) == 1


@pytest.mark.parametrize("body", ["<html>", "", "{", "[1]", '"success"'])
def test_it_fails_an_answer_that_is_no_json_object(forests, httpserver, body):
    httpserver.expect_request("/").respond_with_data(body)
    httpserver.expect_request("/current_model").respond_with_json({"currentModel": None})
    outcome = run(forests, httpserver.url_for("/"))
    assert outcome.level is Level.FAIL
    assert "GET / of" in outcome.message


def test_it_fails_a_server_that_answers_something_else(forests, httpserver):
    outcome = run(forests, answer(httpserver, home={"hello": "world"}))
    assert outcome.level is Level.FAIL
    assert "health_check" in outcome.message
    assert "GET /current_model" not in outcome.message


@pytest.mark.parametrize("status", [401, 403])
def test_a_model_that_is_not_public_answers_too(forests, httpserver, status):
    httpserver.expect_request("/").respond_with_json({"health_check": "success"})
    httpserver.expect_request("/current_model").respond_with_json({"code": "refused"}, status=status)
    outcome = run(forests, httpserver.url_for("/"))
    assert (outcome.level, outcome.measured["/current_model"]["status"]) == (Level.PASS, status)


def test_it_fails_a_404(forests, httpserver):
    httpserver.expect_request("/").respond_with_json({"health_check": "success"})
    httpserver.expect_request("/current_model").respond_with_json({"code": "not_found"}, status=404)
    outcome = run(forests, httpserver.url_for("/"))
    assert outcome.level is Level.FAIL
    assert "GET /current_model" in outcome.message
    assert outcome.measured["/current_model"]["status"] == 404


def test_it_asks_our_paths_where_another_project_has_mounted_them(forests, httpserver, settings):
    settings.ROOT_URLCONF = "mlsite.tests.servers.project.urls"
    httpserver.expect_request("/").respond_with_data("<h1>Our shop</h1>", content_type="text/html")
    httpserver.expect_request("/ml/").respond_with_json({"health_check": "success"})
    httpserver.expect_request("/ml/current_model").respond_with_json({"currentModel": None})
    outcome = run(forests, httpserver.url_for("/"))
    assert (outcome.level, list(outcome.measured)) == (Level.PASS, ["/ml/", "/ml/current_model"])
