"""`GET /`: the health check of the replaced system's clients, and a page for people."""

import pytest

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


def test_strangers_see_public_models_and_where_to_go(client, live):
    type(live.registered_model).objects.create(name="secret", title="Secret", public=False)
    text = page(client)
    assert "iris" in text
    assert 'href="/docs"' in text
    assert "ecret" not in text


def test_the_page_is_there_without_a_database(client, live, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert "iris" in page(client)


def test_json_clients_need_no_database(client, live, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/")


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_another_method_is_refused_in_json(client, live, method):
    reply = getattr(client, method)("/")
    assert (reply.status_code, reply.json()["code"]) == (405, "method_not_allowed")
