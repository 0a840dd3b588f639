"""Outside the admin every error is JSON of one shape; in the admin it is a page."""

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, ProgrammingError, connection
from django.test import Client

from predictions import database
from predictions.tests.factories import make_model, make_person, token_of, without_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def assert_error(reply, status, code):
    assert (reply.status_code, reply["Content-Type"]) == (status, "application/json")
    body = reply.json()
    assert body.keys() == {"code", "detail", "errors"}
    assert body["code"] == code
    assert len(body["detail"]) > 10


@pytest.mark.parametrize(
    "path", ["/nothing", "/api", "/api/", "/predict/x", "/.env", "/%ff", "/static/none.js", "/health", "/v9"]
)
def test_an_unknown_path_is_404(client, path):
    assert_error(client.get(path), 404, "not_found")
    assert_error(client.post(path, b"{}", content_type="application/json"), 404, "not_found")


@pytest.mark.parametrize("path", ["/administrator", "/admin.php", "/adminx/y"])
def test_a_path_that_only_begins_like_the_admin_is_404_too(client, path):
    assert_error(client.get(path), 404, "not_found")


def test_the_admin_answers_with_pages(client):
    assert client.get("/admin/nothing/").status_code == 302  # sign in first
    boss = make_person("boss", is_staff=True)
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    reply = client.get("/admin/nothing/")
    assert (reply.status_code, reply["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert 'href="/admin/"' in reply.content.decode()  # the way back


@pytest.mark.parametrize(
    ("cookie", "origin", "told"),
    [("a" * 32, "", "logged in or out"), ("", "", "cookie"), ("a" * 32, "https://evil.example", "Host")],
)
def test_a_form_with_another_token_is_a_page_that_leads_back_to_it(cookie, origin, told):
    model, browser = make_model(), Client(enforce_csrf_checks=True)
    path = f"/admin/predictions/registeredmodel/{model.pk}/set_hold/?from=x"
    if cookie:
        browser.cookies["csrftoken"] = cookie
    headers = {"origin": origin} if origin else {}
    reply = browser.post(path, {"csrfmiddlewaretoken": "b" * 32, "reason": "So."}, headers=headers)
    assert (reply.status_code, reply["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert told in reply.context["text"]
    assert f'href="{path}"' in reply.content.decode()


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "/predict"), ("delete", "/predict/"), ("post", "/current_model"), ("put", "/"),
     ("post", "/health/live"), ("delete", "/health/ready"), ("post", "/schema")],
)  # fmt: skip
def test_another_method_is_405(client, method, path):
    reply = getattr(client, method)(path)
    assert reply.status_code == 405
    assert reply["Content-Type"] in ("application/json", "application/vnd.oai.openapi+json")
    assert reply.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    ("method", "path"),
    [("put", "/api/models"), ("patch", "/api/promotions"), ("delete", "/api/runs"), ("get", "/update_model")],
)
def test_who_is_asking_is_looked_at_before_the_method(client, method, path):
    assert_error(getattr(client, method)(path), 401, "not_authenticated")
    headers = token_of(make_person())
    assert_error(getattr(client, method)(path, headers=headers), 405, "method_not_allowed")


@pytest.mark.parametrize("host", ["evil.example", "a b", "", "localhost:port"])
def test_a_host_that_is_not_ours_is_400(client, settings, host):
    settings.ALLOWED_HOSTS = ["localhost"]
    assert_error(client.get("/api/models", headers={"host": host}), 400, "bad_request")


def test_too_many_parameters_are_no_server_error(client):
    reply = client.get("/api/models?" + "&".join(f"a{i}=1" for i in range(5000)))
    assert reply.status_code in (200, 400)
    assert reply["Content-Type"] == "application/json"


def failing(error):
    def refuse(execute, sql, params, many, context):
        raise error

    return connection.execute_wrapper(refuse)


def test_a_bug_is_500_and_tells_nothing_of_the_inside(client):
    make_model()
    with failing(ProgrammingError("column secret_column does not exist")):
        reply = client.get("/api/models")
    assert_error(reply, 500, "error")
    assert b"secret_column" not in reply.content


def test_a_database_that_is_away_is_503(client):
    with failing(OperationalError("could not connect to server db-17.internal")):
        reply = client.get("/api/models")
    assert_error(reply, 503, "database_away")
    assert b"db-17" not in reply.content


@pytest.fixture
def _without_accounts(monkeypatch):
    """As before the first `migrate`: who signs in is looked for in a table that is not there."""
    without_table(User, monkeypatch)


@pytest.mark.usefixtures("_without_accounts")
@pytest.mark.parametrize(("missing", "lines"), [(True, 1), (False, 0)])
def test_the_admin_of_a_database_without_tables_names_the_command(
    client, caplog, monkeypatch, missing, lines
):
    monkeypatch.setattr(database, "missing_migrations", lambda: missing)
    reply = client.post("/admin/login/", {"username": "ann", "password": "a good password"})
    assert (reply.status_code, reply["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert "manage.py migrate" in reply.content.decode()
    said = [record for record in caplog.records if record.name == "predictions.database"]
    assert len(said) == lines  # a project may lack tables of its own


def test_another_error_of_the_admin_is_a_bug(client):
    with failing(OperationalError("could not connect to server db-17.internal")):
        reply = client.post("/admin/login/", {"username": "ann", "password": "a good password"})
    assert (reply.status_code, b"db-17" in reply.content) == (500, False)
