"""The form of a recipe: a kind, and what this kind needs; each refusal names its field."""

import pytest
from django.urls import reverse

from predictions.models import Signature
from scheduling.models import Recipe
from scheduling.models.setup.estimators import ESTIMATORS
from scheduling.tests.admin.people import sign_in_superuser


@pytest.fixture
def path(client, iris, config):
    config.TRAINERS = {"churn": "shop.training:train"}
    sign_in_superuser(client)
    return reverse("admin:scheduling_recipe_change", args=[iris.recipe.pk])


NO_PARAMETERS = {"parameters_name": ["", ""], "parameters_values": ["", ""]}


def form(iris, **columns):
    return {
        "registered_model": iris.pk, "kind": "estimator", "estimator": "RandomForestClassifier",
        "name_template": "rf-{n_estimators}", "trainer": "",
        "parameters_name": ["n_estimators", ""], "parameters_values": ["12", ""],
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
        ({"parameters_values": ["ten", ""]}, "parameters"),
        ({"parameters_values": ["12,, 24", ""]}, "parameters"),
        ({"parameters_values": ["[12", ""]}, "parameters"),
        ({"parameters_values": ["", ""]}, "parameters"),
        ({"parameters_name": ["", ""]}, "parameters"),
        ({"parameters_name": ["n_estimator", ""]}, "parameters"),
        ({"parameters_name": ["n_estimators"] * 2, "parameters_values": ["12", "24"]}, "parameters"),
        ({"name_template": "rf-{depth}"}, "name_template"),
        ({"name_template": ""}, "name_template"),
        ({"kind": "trainer", "trainer": "", "name_template": ""}, "trainer"),
        ({"kind": "trainer", "trainer": "sales", "name_template": ""}, "trainer"),
        ({"kind": "search", "name_template": ""} | NO_PARAMETERS, "parameters"),
        ({"kind": "search", "search_trials": 0}, "search_trials"),
        ({"kind": "search", "search_folds": 1}, "search_folds"),
        ({"kind": "search", "search_seconds": 0}, "search_seconds"),
    ],
)
def test_a_recipe_that_makes_no_candidate_is_refused_by_field(client, path, iris, columns, field):
    assert wrong(client.post(path, form(iris, **columns))) == [field]
    assert client.post(path, form(iris)).status_code == 302
    assert Recipe.objects.get().parameters == {"n_estimators": [12]}


def test_only_estimators_for_the_task_of_the_model_are_offered(client, path, iris):
    offered = dict(client.get(path).context["adminform"].form.fields["estimator"].choices)
    assert {"RandomForestClassifier", "LogisticRegression"} <= offered.keys()
    assert not {"RandomForestRegressor", "Ridge", "LinearRegression"} & offered.keys()
    iris.recipe.delete()
    new = client.get(reverse("admin:scheduling_recipe_add"), {"registered_model": iris.pk})
    assert dict(new.context["adminform"].form.fields["estimator"].choices) == offered


@pytest.mark.parametrize("chosen", ["", "x", "0", "9" * 30, "²"])
def test_without_a_known_model_all_are_offered(client, path, chosen):
    new = client.get(reverse("admin:scheduling_recipe_add"), {"registered_model": chosen})
    assert len(new.context["adminform"].form.fields["estimator"].choices) == len(ESTIMATORS) + 1


def test_an_estimator_for_another_task_is_refused(client, path, iris):
    iris.recipe.delete()
    new = reverse("admin:scheduling_recipe_add")
    assert wrong(client.post(new, form(iris, estimator="RandomForestRegressor"))) == ["estimator"]
    Signature.objects.filter(registered_model=iris).update(task="regression", labels=[])
    assert client.post(new, form(iris, estimator="RandomForestRegressor")).status_code == 302


@pytest.mark.parametrize(
    ("kind", "columns", "kept"),
    [
        ("refit", {"name_template": ""}, ("", {}, "")),
        ("trainer", {"name_template": "", "trainer": "churn"}, ("", {}, "churn")),
        ("search", {"estimator": "", "parameters_name": ["pca__n"], "parameters_values": ["1, 2,"],
                    "name_template": ""}, ("", {"pca__n": [1, 2]}, "")),
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


def test_each_kind_of_value_comes_back_as_it_was_saved(client, path, iris):
    parameters = {"n_estimators": [12, 24], "max_depth": [None, 4], "max_features": ["sqrt", 0.5, 1],
                  "bootstrap": [True, False], "class_weight": ["balanced", [1, "a, b"]]}  # fmt: skip
    iris.recipe.parameters = parameters
    iris.recipe.save()
    page = client.get(path)
    lines = page.context["adminform"].form["parameters"].value()
    assert dict(lines)["max_features"] == "sqrt, 0.5, 1"
    names, values = zip(*lines, strict=True)
    changed = form(iris, parameters_name=names, parameters_values=values)
    assert client.post(path, changed).status_code == 302
    assert Recipe.objects.get().parameters == parameters


def test_what_was_refused_is_shown_as_it_was_typed(client, path, iris):
    page = client.post(path, form(iris, parameters_values=["many", ""]))
    assert 'value="many"' in page.content.decode()
