"""The limits of a check for one model: a typed field each, the default shown, what does not fit refused."""

import re
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pytest
from django.urls import reverse
from msgspec import Meta

from predictions.tests.admin_pages import log_entries
from scheduling.admin.rules.limit_form import limit_fields
from scheduling.checks import CHECKS
from scheduling.checks.base import Check
from scheduling.checks.serving_cost import Latency
from scheduling.judging.inputs import checks_in_force
from scheduling.models import CheckLimit
from scheduling.tests.admin.people import sign_in_superuser, sign_in_with


@pytest.fixture
def iris(iris):
    iris.check_limits.all().delete()  # the demo's own: tests speak of "the" row
    return iris


@pytest.fixture
def boss(client, iris):
    return sign_in_superuser(client)


def form_path(model, check_id="latency"):
    return f"{reverse('admin:scheduling_checklimit_add')}?registered_model={model.pk}&check_id={check_id}"


def save(client, model, check_id="latency", **limits):
    """Post the form of a check that has no row yet, turned on and blocking."""
    data = {"enabled": "on", "blocking": "True"} | {f"limit_{name}": value for name, value in limits.items()}
    return client.post(form_path(model, check_id), data)


def problems(reply):
    """The messages on a page that was not saved."""
    assert reply.status_code == 200
    return re.findall(r'<ul class="errorlist[^>]*><li>(.*?)</li>', reply.content.decode())


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_limit_of_every_check_has_its_field_and_the_default_in_sight(client, boss, iris, check):
    page = client.get(form_path(iris, check.id)).content.decode()
    for name in check.limits:
        assert f'name="limit_{name}"' in page
    assert page.count('name="limit_') == len(check.limits) == len(limit_fields(check))
    if check.id == "latency":
        assert 'placeholder="50.0"' in page
        assert "Default: 50.0." in page


def test_what_is_left_empty_stays_the_default(client, boss, iris):
    reply = save(client, iris, max_p95_ms="80")
    assert (reply.status_code, reply["Location"]) == (302, reverse("admin:model-checks", args=[iris.pk]))
    row = CheckLimit.objects.get()
    assert (row.registered_model, row.check_id, row.limits) == (iris, "latency", {"max_p95_ms": 80.0})
    assert (row.enabled, row.blocking) == (True, True)
    in_force = {one.check.id: one.check for one in checks_in_force(iris)}
    assert in_force["latency"].limits == Latency().limits | {"max_p95_ms": 80.0}


def test_a_change_is_kept_with_who_old_and_new_and_can_be_taken_back(client, boss, iris):
    save(client, iris, max_p95_ms="80")
    row = CheckLimit.objects.get()
    path = reverse("admin:scheduling_checklimit_change", args=[row.pk])
    assert 'value="80.0"' in client.get(path).content.decode()
    client.post(path, {"blocking": "True", "limit_max_p95_ms": "60", "limit_max_p50_ms": "20"})
    client.post(path, {"enabled": "on", "blocking": "True"})
    row.refresh_from_db()
    assert (row.limits, row.enabled) == ({}, True)
    records = list(row.history.order_by("history_id"))
    assert [(r.history_by, r.limits, r.enabled) for r in records] == [
        ("boss", {"max_p95_ms": 80.0}, True),
        ("boss", {"max_p95_ms": 60.0, "max_p50_ms": 20.0}, False),
        ("boss", {}, True),
    ]
    page = client.get(reverse("admin:scheduling_checklimit_history", args=[row.pk])).content.decode()
    assert "<td>limits: max_p95_ms</td><td>80.0</td><td>60.0</td>" in page
    assert "<td>limits: max_p50_ms</td><td>20.0</td><td>–</td>" in page
    assert len(log_entries()) == 3


@pytest.mark.parametrize(
    ("check_id", "limits", "said"),
    [
        ("latency", {"max_p95_ms": "fast"}, "Enter a number."),
        ("latency", {"max_p95_ms": "-5"}, "greater than 0."),
        ("latency", {"max_p95_ms": "0"}, "greater than 0."),
        ("latency", {"max_p95_ms": "inf"}, "Enter a number."),
        ("latency", {"max_p95_ms": "nan"}, "Enter a number."),
        ("enough_rows", {"min_rows": "2.5"}, "Enter a whole number."),
        ("enough_rows", {"min_rows": "0"}, "at least 1."),
        ("data_quality", {"max_missing_share": "1.1"}, "at most 1."),
    ],
)
def test_a_limit_that_does_not_fit_is_refused_at_its_field(client, boss, iris, check_id, limits, said):
    reply = save(client, iris, check_id, **limits)
    (problem,) = problems(reply)
    assert problem.endswith(said)
    (name,) = limits
    assert list(reply.context["adminform"].form.errors) == [f"limit_{name}"]
    assert not CheckLimit.objects.exists()


@pytest.mark.parametrize(
    ("check_id", "limits", "field", "bound"),
    [
        ("latency", {"max_p50_ms": "200"}, "max_p50_ms", "100"),
        ("latency", {"max_p50_ms": "60", "max_p95_ms": "30"}, "max_p50_ms", "30"),
        ("feature_drift", {"possible_distance": "0.2"}, "possible_distance", "0.1"),
    ],
)
def test_a_limit_beyond_the_one_that_bounds_it_is_refused_at_its_field(
    client, boss, iris, check_id, limits, field, bound
):
    (problem,) = problems(save(client, iris, check_id, **limits))
    assert f"Enter {bound} or less" in problem
    assert save(client, iris, check_id, **limits).context["adminform"].form.errors.keys() == {
        f"limit_{field}"
    }
    assert not CheckLimit.objects.exists()


def test_limits_that_fit_together_are_saved(client, boss, iris):
    assert save(client, iris, max_p50_ms="200", max_p95_ms="200").status_code == 302
    assert CheckLimit.objects.get().limits == {"max_p50_ms": 200.0, "max_p95_ms": 200.0}


def test_a_check_that_has_a_row_is_changed_not_added_again(client, boss, iris):
    save(client, iris)
    row = CheckLimit.objects.get()
    there = client.get(form_path(iris))
    assert there["Location"] == reverse("admin:scheduling_checklimit_change", args=[row.pk])
    reply = save(client, iris, max_p95_ms="80")
    assert len(problems(reply)) == len(reply.context["adminform"].form.non_field_errors()) == 1
    assert CheckLimit.objects.get().limits == {}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?check_id=latency",
        "?registered_model=1&check_id=speed",
        "?registered_model=x&check_id=latency",
        "?registered_model=999999999&check_id=parity",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_names_no_check_of_a_model_leads_to_the_models(client, boss, iris, query, method):
    reply = getattr(client, method)(reverse("admin:scheduling_checklimit_add") + query)
    assert reply["Location"] == reverse("admin:predictions_registeredmodel_changelist")
    assert not CheckLimit.objects.exists()


def test_a_row_of_a_check_that_is_gone_can_be_looked_at(client, boss, iris):
    row = CheckLimit.objects.create(registered_model=iris, check_id="speed", limits={"max": 1})
    path = reverse("admin:scheduling_checklimit_change", args=[row.pk])
    assert client.get(path).status_code == 200


def test_nobody_deletes_a_row_with_its_history(client, boss, iris):
    save(client, iris)
    row = CheckLimit.objects.get()
    path = reverse("admin:scheduling_checklimit_delete", args=[row.pk])
    assert client.post(path, {"post": "yes"}).status_code == 403


def test_without_permission_nobody_edits(client, iris):
    sign_in_with(client, "view_registeredmodel")
    assert save(client, iris, max_p95_ms="80").status_code == 403
    assert not CheckLimit.objects.exists()


@dataclass(frozen=True, kw_only=True)
class Odd(Check):
    """A check with limits of every kind."""

    id = "odd"
    on: bool = True
    how: Literal["fast", "slow"] = "fast"
    name: str = "x"
    most: Annotated[float, Meta(ge=0, lt=1)] | None = None


@dataclass(frozen=True, kw_only=True)
class WithFloors(Odd):
    """One more, of no kind of field."""

    floors: dict[str, float] = field(default_factory=lambda: {"accuracy": 0.9})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("on", "False", False),
        ("on", "", None),
        ("how", "slow", "slow"),
        ("name", "", None),
        ("most", "0.5", 0.5),
        ("most", "", None),
    ],
)
def test_each_kind_of_limit_is_read_as_its_type(name, text, value):
    assert limit_fields(Odd())[f"limit_{name}"].clean(text) == value


def test_bounds_and_choices_are_told():
    fields: dict[str, Any] = limit_fields(Odd())
    assert re.findall(r"null|\d", fields["limit_most"].help_text) == ["null", "0", "1"]
    (value, words), *_ = fields["limit_how"].choices
    assert (value, words.split()[-1]) == ("", "fast")
    assert fields["limit_on"].choices[1:] == [("True", "yes"), ("False", "no")]


def test_a_limit_that_a_form_cannot_ask_for_is_no_text_of_json():
    with pytest.raises(TypeError, match=r"odd\.floors"):
        limit_fields(WithFloors())
