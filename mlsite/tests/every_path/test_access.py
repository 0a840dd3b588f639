"""Who may do what: every path × six callers, against access_table.txt. A path without a line fails.

Each line: method, route, and the status for each of CALLERS. No command writes it: a new line is thought of.
"""

import json
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from mlsite.tests.every_path.access_world import (
    CALLERS,
    headers_of,
    in_admin,
    make_caller,
    make_world,
    outside_admin,
)

pytestmark = pytest.mark.django_db
OUTSIDERS = ("anonymous", "any token", "operator of another")
FORM = "application/x-www-form-urlencoded"


def table():
    """The table by (method, route)."""
    lines = (Path(__file__).parent / "access_table.txt").read_text().splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {(method, route): dict(zip(CALLERS, statuses, strict=True)) for method, route, *statuses in rows}


@pytest.fixture
def world(iris, live, strong):
    make_world(iris, live, strong)


@pytest.fixture(params=CALLERS)
def who(request):
    return request.param


def asked(client, method, path, body, kind, **extra):
    """The answer, with everything undone that the request changed."""
    with transaction.atomic():
        reply = client.generic(method, path, body, kind, **extra)
        transaction.set_rollback(True)
    return reply


def tells_of_it(reply):
    """Whether the private model shows in an answer that is no error."""
    return reply.status_code == 200 and b"iris" in b"".join(reply).lower()


def wrong_answers(who, asking):
    """What differs from the table, of (method, route, reply); and what an outsider was told."""
    wanted = {key: row[who] for key, row in table().items()}
    wrong, told = [], []
    for method, route, reply in asking:
        if str(reply.status_code) != wanted.get((method, route)):
            wrong.append(f"{method} {route} {wanted.get((method, route))} {reply.status_code}")
        if who in OUTSIDERS and tells_of_it(reply):
            told.append((method, route))
    return wrong, told


def test_every_path_answers_each_caller_as_the_table_says(world, iris, who):
    client, headers = Client(raise_request_exception=False), headers_of(make_caller(who, iris))
    asking = (
        (method, route, asked(client, method, path, json.dumps(body), "application/json", headers=headers))
        for method, route, path, body in outside_admin()
    )
    assert wrong_answers(who, asking) == ([], [])


def test_every_page_of_the_admin_answers_each_caller_as_the_table_says(world, iris, who):
    client = Client(raise_request_exception=False)
    if person := make_caller(who, iris):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    asking = ((method, route, asked(client, method, path, b"", FORM)) for method, route, path in in_admin())
    assert wrong_answers(who, asking) == ([], [])


def test_the_table_has_no_line_without_a_path(world):
    there = {(method, route) for method, route, *_ in (*outside_admin(), *in_admin())}
    assert table().keys() - there == set()
