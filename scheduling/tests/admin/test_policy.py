"""Policies, limits and recipes are people's: editable, and checked when they are saved."""

import html
import re

import pytest
from django.urls import reverse

from predictions.tests.admin_pages import log_entries
from scheduling.checks import CHECKS
from scheduling.models import CheckLimit, GatePolicy, Recipe
from scheduling.tests.admin.people import sign_in_superuser, sign_in_with


@pytest.fixture
def boss(client, iris):
    return sign_in_superuser(client)


def path_of(row):
    return reverse(f"admin:scheduling_{row._meta.model_name}_change", args=[row.pk])


def add_limit(client, iris, **columns):
    data = {
        "registered_model": iris.pk,
        "check_id": "latency",
        "enabled": "on",
        "blocking": "on",
        "limits": "{}",
    }
    return client.post(reverse("admin:scheduling_checklimit_add"), data | columns)


def problems(reply):
    """The messages on a page that was not saved."""
    assert reply.status_code == 200
    return " ".join(re.findall(r'<ul class="errorlist[^>]*><li>(.*?)</li>', reply.content.decode()))


def test_a_policy_can_be_edited(client, boss, iris):
    data = policy_form(iris) | {"least_gain": "0.05", "promote_when": "not_worse"}
    assert client.post(path_of(iris.policy), data).status_code == 302
    policy = GatePolicy.objects.get()
    assert (policy.least_gain, policy.promote_when) == (0.05, "not_worse")
    assert log_entries()[0][0] == "boss"


@pytest.mark.parametrize("value", ["-1", "much", "nan", "inf", ""])
def test_a_policy_refuses_a_gain_that_is_none(client, boss, iris, value):
    reply = client.post(path_of(iris.policy), policy_form(iris) | {"least_gain": value})
    assert problems(reply)
    assert GatePolicy.objects.get().least_gain == 0.01


def test_floors_are_edited_and_checked(client, boss, iris):
    data = policy_form(iris) | {"floors": '{"accuracy": 0.9, "log_loss": 0.4}', "primary_metric": "brier"}
    assert client.post(path_of(iris.policy), data).status_code == 302
    assert GatePolicy.objects.get().floors == {"accuracy": 0.9, "log_loss": 0.4}
    assert GatePolicy.objects.get().positive_label is None
    refused = client.post(path_of(iris.policy), policy_form(iris) | {"floors": '{"rmse": 0.9}'})
    assert "rmse: not a metric of iris signature 1" in problems(refused)


def test_an_infinite_floor_is_refused_by_field(client, boss, iris):
    reply = client.post(path_of(iris.policy), policy_form(iris) | {"floors": '{"accuracy": Infinity}'})
    assert "floors" in problems(reply) or "accuracy" in problems(reply)
    assert GatePolicy.objects.get().floors == {"accuracy": 0.6}


def test_a_metric_of_another_task_is_refused_by_field(client, boss, iris):
    reply = client.post(path_of(iris.policy), policy_form(iris) | {"primary_metric": "rmse"})
    assert "rmse: not a metric of iris signature 1. Those are: accuracy," in problems(reply)


def policy_form(iris):
    return {
        "registered_model": iris.pk,
        "primary_metric": "f1_macro",
        "promote_when": "better",
        "least_gain": "0.01",
        "margin": "0",
        "floors": "{}",
        "log_loss_floor": "0.01",
        "pinball_quantile": "0.5",
        "positive_label": "",
    }


def test_a_limit_can_be_added_and_shows_the_defaults(client, boss, iris):
    page = client.get(reverse("admin:scheduling_checklimit_add")).content.decode()
    assert all(f">{check.id}</option>" in page for check in CHECKS)
    assert '"max_p95_ms": 100.0' in html.unescape(page)
    assert add_limit(client, iris, limits='{"max_p95_ms": 80}').status_code == 302
    limit = CheckLimit.objects.get()
    assert (limit.check_id, limit.limits, limit.enabled, limit.blocking) == (
        "latency",
        {"max_p95_ms": 80},
        True,
        True,
    )
    listed = client.get(reverse("admin:scheduling_checklimit_changelist")).content.decode()
    assert '"max_p50_ms": 50.0' in html.unescape(listed)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"limits": '{"max_p99_ms": 80}'}, "latency has no limit max_p99_ms"),
        ({"limits": '{"max_p95_ms": "fast"}'}, "$.max_p95_ms"),
        ({"limits": '{"max_p95_ms": -5}'}, "$.max_p95_ms"),
        ({"limits": "[1]"}, "Limits are an object"),
        ({"limits": "{"}, "Enter a valid JSON"),
        ({"check_id": "speed"}, "Select a valid choice"),
        ({"check_id": ""}, "This field is required"),
    ],
)
def test_a_limit_that_does_not_fit_is_refused_by_field(client, boss, iris, columns, said):
    assert said in problems(add_limit(client, iris, **columns))
    assert not CheckLimit.objects.exists()


def test_an_infinite_limit_is_refused_by_field(client, boss, iris):
    client.raise_request_exception = False
    reply = add_limit(client, iris, limits='{"max_p95_ms": Infinity}')
    assert reply.status_code == 200
    assert "limits" in problems(reply)


def test_a_second_limit_for_one_check_is_refused(client, boss, iris):
    add_limit(client, iris)
    assert "already exists" in problems(add_limit(client, iris))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"estimator": "os.system"}, "One of: DecisionTreeClassifier"),
        ({"parameters": '{"n_estimators": 12}'}, "n_estimators: a list of at least one value"),
        ({"name_template": "rf-{depth}"}, "No such parameter: depth"),
    ],
)
def test_a_recipe_that_makes_no_candidate_is_refused_by_field(client, boss, iris, columns, said):
    data = {
        "registered_model": iris.pk,
        "estimator": "RandomForestClassifier",
        "name_template": "rf-{n_estimators}",
        "parameters": '{"n_estimators": [12]}',
    }
    assert said in problems(client.post(path_of(iris.recipe), data | columns))
    assert client.post(path_of(iris.recipe), data).status_code == 302
    assert Recipe.objects.get().parameters == {"n_estimators": [12]}


@pytest.mark.parametrize("row", ["policy", "recipe"])
def test_without_permission_nobody_edits(client, iris, row):
    sign_in_with(client, "view_gatepolicy", "view_recipe")
    row = getattr(iris, row)
    assert client.get(path_of(row)).status_code == 200
    assert client.post(path_of(row), policy_form(iris)).status_code == 403
