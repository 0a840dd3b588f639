"""Sessions, forgery protection and messages are the admin's; the API costs and knows nothing of them."""

import json

import pytest
from django.test import Client

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
