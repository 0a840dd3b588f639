"""`GET /`: the health check of the replaced system's clients, and a page for people."""

import pytest
from django.db import OperationalError

from scheduling.models import Lease
from scheduling.tests.run_factory import make_run, make_running

HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def page(client):
    reply = client.get("/", headers={"accept": HTML})
    assert reply.status_code == 200
    assert reply["Content-Type"].startswith("text/html")
    return reply.content.decode()


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/json, text/html;q=0.5", ""])
def test_json_clients_get_the_health_check(client, live, accept):
    reply = client.get("/", headers={"accept": accept} if accept is not None else {})
    assert (reply.status_code, reply["Content-Type"]) == (200, "application/json")
    assert reply.content == b'{"health_check": "success"}'
    assert "Accept" in reply["Vary"]


@pytest.mark.parametrize("accept", [HTML, "text/html", "text/html, application/json;q=0.9"])
def test_a_browser_gets_a_page(client, live, accept):
    reply = client.get("/", headers={"accept": accept})
    assert reply["Content-Type"].startswith("text/html")
    assert "Accept" in reply["Vary"]


def test_the_page_shows_what_is_live_and_where_to_go(client, live):
    text = page(client)
    for said in (
        "iris",
        "1.0",
        "rf-12-base.joblib",
        'href="/docs"',
        'href="/admin/"',
        'href="/health/ready"',
    ):
        assert said in text


def test_the_page_shows_the_latest_runs_with_their_reasons(client, live):
    run = make_running(live.registered_model, candidate=live, reason="Not flipped: <b>late</b>")
    text = page(client)
    assert f'href="/api/runs/{run.pk}"' in text
    assert "Not flipped: &lt;b&gt;late&lt;/b&gt;" in text


def test_the_page_shows_five_runs_and_none_of_a_private_model(client, live):
    secret = type(live.registered_model).objects.create(name="secret", title="Secret", public=False)
    runs = [make_run(live.registered_model) for _ in range(7)]
    make_run(secret, reason="hidden")
    text = page(client)
    assert f'"/api/runs/{runs[-1].pk}"' in text
    assert f'"/api/runs/{runs[0].pk}"' not in text
    assert "hidden" not in text


def test_runs_of_a_private_model_do_not_push_the_others_off_the_page(client, live):
    secret = type(live.registered_model).objects.create(name="secret", title="Secret", public=False)
    run = make_run(live.registered_model)
    for _ in range(5):
        make_run(secret)
    assert f'"/api/runs/{run.pk}"' in page(client)


def test_the_page_says_whether_a_scheduler_runs(client, live):
    assert "manage.py runapscheduler" in page(client)
    Lease.objects.take("host:1")
    assert "manage.py runapscheduler" not in page(client)


def test_the_page_is_there_without_a_database(client, live, monkeypatch):
    monkeypatch.setattr("scheduling.views.health.scheduler_state", away)
    text = page(client)
    assert "rf-12-base.joblib" in text


def test_json_clients_need_no_database(client, live, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/")


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_another_method_is_refused_in_json(client, live, method):
    reply = getattr(client, method)("/")
    assert (reply.status_code, reply.json()["code"]) == (405, "method_not_allowed")


def away():
    raise OperationalError("the database is away")
