"""What a policy's form says of its margin, by the last comparison."""

from html import unescape

import pytest
from django.urls import reverse

from scheduling.models import GatePolicy
from scheduling.tests.admin.people import sign_in_superuser
from scheduling.tests.run_factory import make_running
from scheduling.tests.version_factory import make_live


def compare(iris, **versions):
    scores = {"champion": {"f1_macro": 0.75}, "candidate": {"f1_macro": 0.795}}
    make_running(iris, **versions).results.create(
        check_id="evaluation_metrics",
        level="pass",
        measured={"gain": {"low": -0.1, "high": 0.3}, **scores},
        limit={"primary_metric": "f1_macro"},
        details={"rows": 400},
        seconds=0.1,
    )


def page(client, iris):
    path = reverse("admin:scheduling_gatepolicy_change", args=[iris.policy.pk])
    return unescape(client.get(path).content.decode())


@pytest.mark.parametrize(
    ("margin", "rows", "shows"),
    [(0.5, "about 200 rows", "these rows can show"), (0.001, "less than one row", "more rows are needed")],
)
def test_a_policy_says_what_its_margin_is_by_the_last_comparison(client, iris, margin, rows, shows):
    sign_in_superuser(client)
    GatePolicy.objects.update(margin=margin)
    assert "±" not in page(client, iris)
    compare(iris)
    assert all(said in page(client, iris) for said in ("0.75", "400", "± 0.2", rows, shows))


@pytest.mark.parametrize("relative", [False, True])
def test_a_margin_that_no_values_can_differ_by_means_nothing(client, iris, relative):
    sign_in_superuser(client)
    GatePolicy.objects.update(margin=99999, relative=relative)
    compare(iris)
    shown = page(client, iris)
    assert "f1_macro was 0.75 on 400 evaluation rows." in shown
    assert not any(said in shown for said in ("e+0", "is about", "±"))


def test_the_value_is_that_of_the_version_that_is_live_or_says_whose(client, iris, live, strong):
    sign_in_superuser(client)
    compare(iris, candidate=strong, champion=live)
    assert "The live version's f1_macro was 0.75 on" in page(client, iris)
    make_live(strong)
    assert "The live version's f1_macro was 0.795 on" in page(client, iris)


def test_of_another_version_it_says_which_and_when(client, iris, live, strong):
    sign_in_superuser(client)
    compare(iris, candidate=strong, champion=strong)
    shown = page(client, iris)
    assert f"When version {strong.label} was live (run " in shown
    assert "The live version's f1_macro" not in shown
