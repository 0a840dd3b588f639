"""Policies and recipes are people's: editable, checked when they are saved, and kept in a history."""

import re

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from predictions.models import RegisteredModel, Signature
from predictions.models.base import NOBODY
from predictions.models.people.roles import give
from predictions.tests.admin_pages import log_entries, said
from predictions.tests.factories import make_version
from scheduling.admin.rules import policy as rules
from scheduling.models import GatePolicy
from scheduling.statistics.metrics.table import CLASSIFICATION, METRICS, REGRESSION
from scheduling.tests.admin.people import sign_in_superuser, sign_in_with


@pytest.fixture
def boss(client, iris):
    return sign_in_superuser(client)


def path_of(row):
    return reverse(f"admin:scheduling_{row._meta.model_name}_change", args=[row.pk])


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
    now, before = policy.history.all()
    assert (now.history_by, now.history_user, now.least_gain, now.promote_when) == (
        "boss", boss, 0.05, "not_worse",
    )  # fmt: skip
    assert (before.history_by, before.history_user, before.least_gain) == (NOBODY, None, 0.01)


def test_its_history_page_tells_old_and_new_and_who(client, boss, iris):
    client.post(path_of(iris.policy), policy_form(iris) | {"least_gain": "0.05", "approval": "by_person"})
    page = client.get(reverse("admin:scheduling_gatepolicy_history", args=[iris.policy.pk])).content.decode()
    for shown in (
        "<td>least gain</td><td>0.01</td><td>0.05</td>",
        f"<td>{GatePolicy.Approval.AUTOMATIC.label}</td><td>{GatePolicy.Approval.BY_PERSON.label}</td>",
        ">boss</td>",
        NOBODY,
    ):
        assert shown in page
    assert page.count("<td>margin</td>") == 1  # as it was when the fixture came


def test_a_page_of_changes_needs_the_permission_to_view(client, iris):
    ann = sign_in_with(client)
    path = reverse("admin:scheduling_gatepolicy_history", args=[iris.policy.pk])
    assert client.get(path).status_code in (302, 403)
    give(ann, {"reader"}, iris)
    assert client.get(path).status_code == 200
    assert client.get(reverse("admin:scheduling_recipe_history", args=[iris.recipe.pk])).status_code == 200


@pytest.mark.parametrize("value", ["-1", "much", "nan", "inf", ""])
def test_a_policy_refuses_a_gain_that_is_none(client, boss, iris, value):
    reply = client.post(path_of(iris.policy), policy_form(iris) | {"least_gain": value})
    assert problems(reply)
    assert GatePolicy.objects.get().least_gain == 0.01


def test_floors_are_edited_and_checked(client, boss, iris):
    data = policy_form(iris) | {"floor_accuracy": "0.9", "floor_log_loss": "0.4", "primary_metric": "brier"}
    assert client.post(path_of(iris.policy), data).status_code == 302
    assert GatePolicy.objects.get().floors == {"accuracy": 0.9, "log_loss": 0.4}
    assert GatePolicy.objects.get().positive_label is None
    refused = client.post(path_of(iris.policy), policy_form(iris) | {"floor_accuracy": "high"})
    assert problems(refused)
    assert GatePolicy.objects.get().floors == {"accuracy": 0.9, "log_loss": 0.4}


def test_an_infinite_floor_is_refused_by_field(client, boss, iris):
    reply = client.post(path_of(iris.policy), policy_form(iris) | {"floor_accuracy": "Infinity"})
    assert "number" in problems(reply)
    assert GatePolicy.objects.get().floors == {"accuracy": 0.6}


def test_a_metric_of_another_task_is_refused_by_field(client, boss, iris):
    reply = client.post(path_of(iris.policy), policy_form(iris) | {"primary_metric": "rmse"})
    assert all(name in problems(reply) for name in ("rmse", "accuracy"))


def offered(client, path):
    """The metrics, and the options of metrics, on the form."""
    form = client.get(path).context["adminform"].form
    names = {name for name, _ in form.fields["primary_metric"].choices}
    assert {name.removeprefix("floor_") for name in form.fields if name.startswith("floor_")} == names
    options = {"log_loss_floor", "pinball_quantile", "positive_label"} & form.fields.keys()
    return names, options


LABELS = {"accuracy", "balanced_accuracy", "f1_macro", "f1_weighted"}


def test_only_metrics_that_fit_the_model_are_offered(client, boss, iris):
    for_classes = {name for name, one in METRICS.items() if one.task == CLASSIFICATION}
    assert offered(client, path_of(iris.policy)) == (for_classes, {"log_loss_floor", "positive_label"})
    make_version(iris, "no probabilities")
    assert offered(client, path_of(iris.policy)) == (LABELS, set())
    GatePolicy.objects.update(primary_metric="brier")
    assert offered(client, path_of(iris.policy))[0] == LABELS | {"brier"}  # what it has already stays


def test_a_new_policy_begins_with_what_fits_the_model(client, boss):
    model = RegisteredModel.objects.create(name="house", title="House")
    Signature.objects.create(registered_model=model, number=1, task=REGRESSION, output_name="price")
    path = f"{reverse('admin:scheduling_gatepolicy_add')}?registered_model={model.pk}"
    for_numbers = {name for name, one in METRICS.items() if one.task == REGRESSION}
    assert offered(client, path) == (for_numbers, {"pinball_quantile"})
    form = client.get(path).context["adminform"].form
    assert (form["primary_metric"].value(), form["relative"].value()) == ("rmse", True)


@pytest.mark.parametrize(
    ("column", "is_described", "levels"),
    [("petalwidth", True, ["success"]), ("farm", True, ["warning", "success"]), ("farm", False, ["success"]),
     ("", True, ["success"])],
)  # fmt: skip
def test_a_group_column_that_no_row_has_is_saved_with_a_warning(
    client, boss, iris, column, is_described, levels
):
    described = [{"name": name} for name in ("species", "petalwidth")] if is_described else []
    for role in ("training", "evaluation"):
        iris.datasets.create(role=role, file="n.csv", sha256="n" * 64, rows=9, columns=described)
    reply = client.post(path_of(iris.policy), policy_form(iris) | {"group_column": column})
    assert [level for level, _ in said(reply)] == levels
    assert GatePolicy.objects.get().group_column == column
    page = client.get(path_of(iris.policy)).content.decode()
    assert ('<option value="petalwidth">' in page, '<option value="species">' in page) == (
        is_described,
        False,
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [("bake_minutes", "14"), ("bake_minutes", "-1"), ("watch_alpha", "0"), ("watch_alpha", "0.5"),
     ("watch_anonymous", "nobody"), ("latency_tolerance", "0.9"), ("mix_tolerance", "1.1"),
     ("loss_tolerance", "-0.1")],
)  # fmt: skip
def test_a_watch_that_makes_no_sense_is_refused_by_field(client, boss, iris, field, value):
    page = client.post(path_of(iris.policy), policy_form(iris) | {field: value})
    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == [field]


def policy_form(iris):
    return {
        "registered_model": iris.pk,
        "primary_metric": "f1_macro",
        "promote_when": "better",
        "least_gain": "0.01",
        "margin": "0",
        "log_loss_floor": "0.01",
        "pinball_quantile": "0.5",
        "positive_label": "",
        "approval": "automatic",
        "bake_minutes": "0",
        "watch_alpha": "0.05",
        "watch_anonymous": "one_caller",
        "error_tolerance": "0.02",
        "latency_tolerance": "1.25",
        "mix_tolerance": "0.1",
        "loss_tolerance": "0.01",
    }


@pytest.mark.parametrize(("name", "value"), [("accuracy", "-600"), ("accuracy", "1.5"), ("log_loss", "-1")])
def test_a_minimum_value_that_none_can_have_is_refused_at_its_field(client, boss, iris, name, value):
    page = client.post(path_of(iris.policy), policy_form(iris) | {f"floor_{name}": value})
    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == [f"floor_{name}"]
    assert GatePolicy.objects.get().floors == {"accuracy": 0.6}


def test_the_form_is_made_once_for_a_request(client, boss, iris, monkeypatch):
    made = []
    original = rules.form_for
    monkeypatch.setattr(rules, "form_for", lambda *of: made.append(of) or original(*of))
    client.get(path_of(iris.policy))
    assert len(made) == 1
    client.post(path_of(iris.policy), policy_form(iris) | {"least_gain": "much"})
    assert len(made) == 2


def test_the_form_and_its_message_tell_who_can_answer_and_lead_to_the_role(client, boss, iris):
    give_role = reverse("admin:model-approver", args=[iris.pk])
    page = client.get(path_of(iris.policy)).content.decode()
    assert "Who can answer: boss." in page
    assert f'href="{give_role}?next=' in page
    reply = client.post(path_of(iris.policy), policy_form(iris) | {"approval": "by_person"})
    ((level, text), _) = said(reply)
    assert (level, give_role in text) == ("warning", True)
    client.get(reply.url)  # shows them
    assert len(said(client.post(path_of(iris.policy), policy_form(iris) | {"approval": "by_person"}))) == 1
    give(User.objects.create_user("bob", is_staff=True), {"approver"}, iris)
    page = client.get(path_of(iris.policy)).content.decode()
    assert ("a second person is needed" in page, give_role in page) == (False, True)


@pytest.mark.parametrize("row", ["policy", "recipe"])
def test_without_permission_nobody_edits(client, iris, row):
    sign_in_with(client, "view_registeredmodel", "view_registeredmodel")
    row = getattr(iris, row)
    assert client.get(path_of(row)).status_code == 200
    assert client.post(path_of(row), policy_form(iris)).status_code == 403
