"""The form of a recipe: a kind, and what this kind needs; each refusal names its field."""

import pytest
from django.urls import reverse

from scheduling.models import Recipe
from scheduling.tests.admin.people import sign_in_superuser


@pytest.fixture
def path(client, iris, config):
    config.TRAINERS = {"churn": "shop.training:train"}
    sign_in_superuser(client)
    return reverse("admin:scheduling_recipe_change", args=[iris.recipe.pk])


def form(iris, **columns):
    return {
        "registered_model": iris.pk, "kind": "estimator", "estimator": "RandomForestClassifier",
        "name_template": "rf-{n_estimators}", "parameters": '{"n_estimators": [12]}', "trainer": "",
        "search_method": "random", "search_trials": 20, "search_seconds": 600, "search_folds": 3,
    } | columns  # fmt: skip


def wrong(page):
    """The fields that a page names which was not saved."""
    assert page.status_code == 200
    return list(page.context["adminform"].form.errors)


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"kind": "magic"}, "kind"),
        ({"estimator": "os.system"}, "estimator"),
        ({"estimator": ""}, "estimator"),
        ({"parameters": '{"n_estimators": 12}'}, "parameters"),
        ({"name_template": "rf-{depth}"}, "name_template"),
        ({"name_template": ""}, "name_template"),
        ({"kind": "trainer", "trainer": "", "name_template": ""}, "trainer"),
        ({"kind": "trainer", "trainer": "sales", "name_template": ""}, "trainer"),
        ({"kind": "search", "parameters": "{}", "name_template": ""}, "parameters"),
        ({"kind": "search", "search_trials": 0}, "search_trials"),
        ({"kind": "search", "search_folds": 1}, "search_folds"),
        ({"kind": "search", "search_seconds": 0}, "search_seconds"),
    ],
)
def test_a_recipe_that_makes_no_candidate_is_refused_by_field(client, path, iris, columns, field):
    assert wrong(client.post(path, form(iris, **columns))) == [field]
    assert client.post(path, form(iris)).status_code == 302
    assert Recipe.objects.get().parameters == {"n_estimators": [12]}


@pytest.mark.parametrize(
    ("kind", "columns", "kept"),
    [
        ("refit", {"name_template": ""}, ("", {}, "")),
        ("trainer", {"name_template": "", "trainer": "churn"}, ("", {}, "churn")),
        ("search", {"estimator": "", "parameters": '{"pca__n": [1, 2]}', "name_template": ""},
         ("", {"pca__n": [1, 2]}, "")),
        ("search", {"trainer": "churn"}, ("RandomForestClassifier", {"n_estimators": [12]}, "")),
    ],
)  # fmt: skip
def test_a_recipe_keeps_what_its_kind_needs(client, path, iris, kind, columns, kept):
    assert client.post(path, form(iris, kind=kind, **columns)).status_code == 302
    recipe = Recipe.objects.get()
    assert recipe.kind == kind
    assert (recipe.estimator, recipe.parameters, recipe.trainer) == kept
    assert client.get(reverse("admin:scheduling_recipe_changelist")).status_code == 200
    assert client.get(reverse("admin:model-checks", args=[iris.pk])).status_code == 200
