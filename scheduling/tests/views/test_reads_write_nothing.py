"""GET of every path of the house, by nobody, by a token and in the admin, writes no row: no exception."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.urls import get_resolver

from predictions.models import Dataset, Feedback, Prediction, RequestCount
from predictions.models.promotion import live_promotion
from predictions.tests.factories import make_person, token_of
from scheduling.approvals.approvals import refuse
from scheduling.judging.judge import judge
from scheduling.models import (
    CheckLimit,
    DataSource,
    GatePolicy,
    Recipe,
    Run,
    Schedule,
    Slice,
    Subscription,
    Watch,
)
from scheduling.tests.admin.people import sign_in_superuser
from scheduling.tests.engine_factory import make_engine
from scheduling.tests.run_factory import make_awaiting, make_running
from scheduling.tests.version_factory import make_twin
from scheduling.tests.watch_factory import count_block, log_block, look, tell, watched

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b", re.IGNORECASE)
LISTED = re.compile(r"(\w+)/<\w+:pk>")
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
ANSWERED = {200, 302, 401, 403, 404, 405}


@pytest.fixture
def world(iris, live, strong, forests, api, rehearsed):
    """Rows of every table that has a page."""
    Subscription.objects.create(person=make_person("bob", is_superuser=True))
    watched(iris)
    judge(make_running(iris), strong)
    at = live_promotion(iris).at
    look(iris, at)
    told = log_block(strong, at, [(5.1, 3.5, 1.4, 0.2)])
    tell(told, [0], at)
    count_block(strong, at)
    refuse(make_awaiting(iris, strong), user=make_person(), reason="No.")
    make_awaiting(iris, make_twin(iris, forests))
    make_engine()
    CheckLimit.objects.create(registered_model=iris, check_id="latency")
    DataSource.objects.create(registered_model=iris, role="training", hold_out="own")
    Slice.objects.create(registered_model=iris, name="small", condition="petalwidth < 1")
    token_of(make_person("someone"))
    GatePolicy.objects.all().delete()  # what is not there must not be made
    assert {model.objects.exists() for model in (Run, Watch, Prediction, Feedback, RequestCount, Recipe)} == {
        True
    }
    return iris


def routes(patterns, before=""):
    """Every route, as it is written in the tables of paths."""
    for one in patterns:
        route = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from routes(one.url_patterns, route)
        else:
            yield route


def path_of(route):
    """The route with something that is there in each place; None where nothing is."""
    if route.startswith("admin/^(?P<app_label>"):
        return "/admin/scheduling/"
    if "(?P<url>" in route:
        return "/admin/nothing/here/"
    try:
        return "/" + PARAMETER.sub(lambda match: str(_there(route, match[1])), route).rstrip("$")
    except LookupError:
        return None


def _there(route, name):
    known = {"name": "iris", "label": "1.1", "role": "training"}
    known |= {"content_type_id": ContentType.objects.get_for_model(Run).pk}
    if name in known:
        return known[name]
    return _model_of(route).objects.order_by("pk").values_list("pk", flat=True)[0]


def _model_of(route):
    """Of a page of the admin, or of a list of the API."""
    if route.startswith("admin/r/"):
        return Run
    if route.startswith("admin/"):
        return apps.get_model(*route.split("/")[1:3])
    lists = {"runs": Run, "schedules": Schedule, "watches": Watch, "predictions": Prediction}
    return (lists | {"datasets": Dataset})[LISTED.search(route)[1]]


def everything():
    return sorted({*routes(get_resolver().url_patterns)})


def writes_of(client, path, **headers):
    """The status, and what was written to which table."""
    found = []

    def listen(execute, sql, params, many, context):
        if WRITES.match(sql):
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        status = client.get(path, headers=headers).status_code
    return status, found


@pytest.mark.parametrize("who", ["nobody", "a token", "an admin"])
def test_get_of_every_path_writes_nothing(client, world, who):
    headers = token_of(make_person("eve", is_superuser=True)) if who == "a token" else {}
    if who == "an admin":
        sign_in_superuser(client)
    paths = [path for route in everything() if (path := path_of(route))]
    answers = {path: writes_of(client, path, **headers) for path in paths}
    assert {path: writes for path, (_, writes) in answers.items() if writes} == {}
    assert {path: status for path, (status, _) in answers.items() if status not in ANSWERED} == {}
    assert GatePolicy.objects.count() == 0


def test_the_paths_above_are_answered_and_few_pages_have_no_row(client, world):
    sign_in_superuser(client)
    paths = {route: path_of(route) for route in everything()}
    without = {route.split("/")[2] for route, path in paths.items() if path is None}
    assert without <= {
        "group", "accessattempt", "accesslog", "accessfailurelog", "gatepolicy",
    }  # fmt: skip
    changed = [
        f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for model in admin.site._registry
        if model.objects.exists()
    ]
    assert all(client.get(path).status_code == 200 for path in changed)
    assert len(changed) > 15


def test_it_would_notice_a_write(client, world, monkeypatch):
    monkeypatch.setattr(
        "scheduling.views.runs.Runs.get_queryset",
        lambda view: (Run.objects.update(step=""), Run.objects.all())[1],
    )
    _, found = writes_of(client, "/api/runs")
    assert len(found) == 1
