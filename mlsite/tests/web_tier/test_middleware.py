"""Sessions, forgery protection and messages are the admin's; the API costs and knows nothing of them."""

import json

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from mlsite.middleware import MOST_HOSTS, EveryPathMiddleware
from predictions.tests.factories import ledger, make_person, token_of

pytestmark = pytest.mark.django_db
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}
PATHS = [
    "/",
    "/current_model",
    "/health/live",
    "/api/models",
    "/api/promotions",
    "/api/runs",
    "/schema",
    "/docs",
]


@pytest.fixture
def signed_in(client):
    boss = make_person("boss", is_staff=True, is_superuser=True)
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("path", PATHS)
def test_no_path_outside_the_admin_sets_a_cookie(signed_in, live, path):
    reply = signed_in.get(path)
    assert reply.status_code == 200
    assert not reply.cookies
    assert "Cookie" not in reply.get("Vary", "")


def test_a_cookie_costs_a_prediction_no_query(signed_in, live, django_assert_num_queries):
    with django_assert_num_queries(0):
        reply = signed_in.post("/predict", json.dumps(ROW), content_type="application/json")
    assert reply.status_code == 200
    assert not reply.cookies


def test_the_admin_has_its_session(signed_in, client, db):
    assert signed_in.get("/admin/").status_code == 200
    assert Client().get("/admin/").status_code == 302


def test_the_api_needs_no_forgery_token(live, strong):
    strict = Client(enforce_csrf_checks=True)
    headers = token_of(make_person("ann", "promote_version"))
    body = {"model": "iris", "version": "1.1", "replaces": "1.0", "reason": "r"}
    assert strict.post("/predict", json.dumps(ROW), content_type="application/json").status_code == 200
    assert strict.post("/api/promotions", body, "application/json", headers=headers).status_code == 201
    assert ledger()[-1][2] == "rf-24-run1"


def test_the_admin_needs_one(live):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 403


@pytest.mark.parametrize("path", [*PATHS, "/admin/login/"])
def test_every_page_has_the_security_headers(client, live, path):
    reply = client.get(path)
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["X-Frame-Options"] == "DENY"
    assert "default-src 'self'" in reply["Content-Security-Policy"]
    assert reply["Referrer-Policy"] == "same-origin"
    assert reply["Cross-Origin-Opener-Policy"] == "same-origin"
    assert int(reply["Content-Length"]) == len(reply.content)


def test_the_headers_are_those_of_djangos_own_middleware(client, live, settings):
    ours = client.get("/health/live")
    settings.MIDDLEWARE = [
        "django.middleware.security.SecurityMiddleware",
        "csp.middleware.CSPMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ]
    theirs = Client().get("/health/live")
    assert dict(ours.items()) == dict(theirs.items())


def test_the_headers_hold_over_https_too(live):
    reply = Client().get("/health/live", secure=True)
    assert reply["X-Frame-Options"] == "DENY"


def test_a_host_is_looked_at_each_time_it_is_not_known(live, settings):
    settings.ALLOWED_HOSTS = ["good.example"]
    client = Client()
    for host, status in [("good.example", 200), ("evil.example", 400)] * 2:
        assert client.get("/health/live", headers={"host": host}).status_code == status


def test_hosts_that_a_wildcard_lets_in_do_not_fill_the_memory(live, settings):
    settings.ALLOWED_HOSTS = ["*"]
    middleware = EveryPathMiddleware(lambda request: HttpResponse())
    for number in range(3 * MOST_HOSTS):
        middleware(RequestFactory(headers={"host": f"h{number}.example"}).get("/"))
    assert len(middleware.hosts) == MOST_HOSTS
