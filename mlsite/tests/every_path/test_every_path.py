"""Every path, by every method, for everybody: no 5xx, and outside the admin every error is JSON."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from mlsite.tests.every_path.every_path import (
    METHODS,
    METHODS_OF_ADMIN,
    ODD_IDS,
    ODD_QUESTIONS,
    lists_of_admin,
    of_admin,
    outside_admin,
)
from predictions.tests.factories import token_of
from scheduling.tests.varied_rows import fill

pytestmark = pytest.mark.django_db
JSON = ("application/json", "application/vnd.oai.openapi+json")
FOR_PEOPLE = ("text/html", "text/plain", "application/javascript")


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


@pytest.fixture
def rows(live):
    """All tables filled; `live` answers predictions."""
    return fill(2)


@pytest.fixture(params=["anonymous", "user", "admin"])
def who(request):
    return request.param


def headers_of(who):
    if who == "anonymous":
        return {}
    return token_of(User.objects.create_user("walker", is_superuser=who == "admin"))


@pytest.mark.parametrize("body", [b"{}", b"[]", b""], ids=repr)
def test_no_path_outside_the_admin_answers_5xx_or_an_error_that_is_no_json(client, rows, who, body):
    headers = headers_of(who)
    wrong, asked = [], 0
    for path in outside_admin():
        for method in METHODS:
            reply = client.generic(method, path, body, "application/json", headers=headers)
            is_empty = not reply.content and (method == "HEAD" or reply.status_code == 204)
            kind = JSON[0] if is_empty else reply["Content-Type"].split(";")[0]
            fine = kind in JSON or (kind in FOR_PEOPLE and reply.status_code == 200)
            moved = reply.status_code == 302 and path == "/favicon.ico"
            asked += 1
            if not (fine or moved) or reply.status_code >= 500:
                wrong.append((method, path, reply.status_code, kind))
    assert wrong == []
    assert asked > 500


@pytest.mark.parametrize("odd", ODD_IDS, ids=ascii)
def test_no_path_outside_the_admin_falls_over_an_odd_id(client, rows, odd):
    headers = headers_of("admin")
    for path in outside_admin(odd):
        for method in ("GET", "POST"):
            reply = client.generic(method, path, b"{}", "application/json", headers=headers)
            assert 400 <= reply.status_code < 500, (method, path)
            assert reply["Content-Type"] in JSON


def sign_in(client, who):
    if who != "anonymous":
        person = User.objects.create_user("walker", is_staff=True, is_superuser=who == "admin")
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")


def test_no_page_of_the_admin_answers_5xx(client, rows, who):
    sign_in(client, who)
    paths = [path for path in of_admin() if "logout" not in path]
    wrong = [
        (method, path)
        for path in paths
        for method in METHODS_OF_ADMIN
        if client.generic(method, path, b"", "application/x-www-form-urlencoded").status_code >= 500
    ]
    assert wrong == []
    assert len(paths) > 100


@pytest.mark.parametrize("odd", ODD_IDS, ids=ascii)
def test_no_page_of_the_admin_falls_over_an_odd_id(client, rows, odd):
    sign_in(client, "admin")
    wrong = [
        (method, path)
        for path in of_admin(odd)
        for method in ("GET", "POST")
        if client.generic(method, path, b"", "application/x-www-form-urlencoded").status_code >= 500
    ]
    assert wrong == []


def test_no_action_of_the_admin_falls_over_an_odd_row(client, rows):
    sign_in(client, "admin")
    for path in lists_of_admin():
        page = getattr(client.get(path), "context_data", None) or {}
        form = page.get("action_form")
        actions = [name for name, _ in form.fields["action"].choices if name] if form else []
        for action in actions:
            for odd in ODD_QUESTIONS:
                reply = client.post(path, {"action": action, "_selected_action": [odd], "index": odd})
                assert reply.status_code < 500, (path, action, odd)


def filters_of(reply):
    """The names under which a list of the admin reads what to show."""
    shown = getattr(reply, "context_data", None) or {}
    specs = shown["cl"].filter_specs if "cl" in shown else []
    return [name for spec in specs for name in spec.expected_parameters()]


def test_no_list_of_the_admin_falls_over_an_odd_question(client, rows):
    sign_in(client, "admin")
    wrong, asked = [], 0
    for path in lists_of_admin():
        for name in {"q", "p", "since", "before", *filters_of(client.get(path))}:
            for odd in ODD_QUESTIONS:
                reply = client.get(path, {name: odd})
                asked += 1
                if reply.status_code >= 500:
                    wrong.append((path, name, odd))
    assert wrong == []
    assert asked > 400
