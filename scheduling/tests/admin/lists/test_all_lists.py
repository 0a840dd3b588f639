"""What all lists of ours share: a title, choices with a capital letter, a shadow where they scroll."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils.text import capfirst

from scheduling.templatetags.evidence import decided
from scheduling.tests.admin.people import sign_in_superuser
from scheduling.tests.run_factory import make_run

pytestmark = pytest.mark.django_db
SCROLLS = "predictions/scroll.css"
OURS = [one for one in admin.site._registry if one._meta.app_label in ("predictions", "scheduling")]


def path_of(model):
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")


def content_of(client, model):
    sign_in_superuser(client)
    return client.get(path_of(model)).content.decode()


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_a_list_is_called_by_what_it_lists(client, model):
    text = content_of(client, model)
    assert f"<h1>{capfirst(model._meta.verbose_name_plural)}</h1>" in text
    assert f"<title>{capfirst(model._meta.verbose_name_plural)} | " in text
    assert SCROLLS in text


def test_lists_of_others_stay_as_they_are(client):
    text = content_of(client, Group)
    assert "<h1>Select group to change</h1>" in text
    assert SCROLLS not in text


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_each_choice_of_a_filter_begins_with_a_capital(client, model):
    sign_in_superuser(client)
    page = client.get(path_of(model))
    changelist = page.context.get("cl")
    filters = changelist.filter_specs if changelist else []
    told = [str(one["display"]) for spec in filters for one in spec.choices(changelist)]
    assert told == [capfirst(one) for one in told]


def test_pages_with_wide_tables_have_the_shadow(client, iris, live):
    sign_in_superuser(client)
    run = make_run(iris)
    for name, row in (
        ("scheduling_run_change", run), ("predictions_modelversion_change", live),
        ("model-simulation", iris), ("model-page", iris),
    ):  # fmt: skip
        assert SCROLLS in client.get(reverse(f"admin:{name}", args=[row.pk])).content.decode()


def test_a_decision_of_a_back_test_is_told_once():
    told = [decided({"kind": kind, "reason": reason}) for kind, reason in (
        ("blocked", "Blocked: 1 check failed."),
        ("cannot_tell", "Kept: too close to call. f1_macro is 1."),
        ("kept", "Kept: worse."),
        ("cannot_tell", "Kept: the evaluation set is unlike the requests. 20%."),
    )]  # fmt: skip
    words = ("locked", "oo close", "ept", "unlike")
    assert [one.count(word) for one, word in zip(told, words, strict=True)] == [1] * 4
    assert "lose to call" not in told[3]
    assert "1 check failed" in told[0]
