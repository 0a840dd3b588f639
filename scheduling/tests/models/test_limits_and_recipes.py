"""What people may ask of candidates: overrides of checks, and recipes; each refusal names its field."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from scheduling.models import CheckLimit, Recipe
from scheduling.tests.version_factory import make_live


def refused(row):
    with pytest.raises(ValidationError) as caught:
        row.full_clean()
    return {field: " ".join(messages) for field, messages in caught.value.message_dict.items()}


def override(model, check_id="latency", **columns):
    return CheckLimit(registered_model=model, check_id=check_id, **columns)


def recipe(model, **columns):
    Recipe.objects.filter(registered_model=model).delete()
    columns = {
        "estimator": "RandomForestClassifier",
        "name_template": "rf-{n_estimators}-run{run}",
        "parameters": {"n_estimators": [12, 24]},
    } | columns
    return Recipe(registered_model=model, **columns)


def test_an_override_takes_limits_that_the_check_has(iris):
    limit = override(iris, limits={"max_p95_ms": 80})
    limit.full_clean()
    limit.save()
    assert str(limit) == "iris: latency"
    override(iris, check_id="parity", enabled=False).full_clean()


def test_an_override_names_a_check_that_exists(iris):
    assert refused(override(iris, check_id="speed"))["check_id"].count("data_quality, ")


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (
            {"max_p99_ms": 80},
            "limit max_p99_ms. Its limits are least_difference_ms",
        ),
        ({"max_p95_ms": "fast"}, "max_p95_ms: "),
        ({"max_p95_ms": -1}, "max_p95_ms: "),
        ({"max_p95_ms": None}, "max_p95_ms: "),
        ([1], "max_p95_ms"),
        ({"max_p50_ms": 200}, "max_p50_ms: Enter 100 or less"),
    ],
)
def test_an_override_refuses_limits_that_do_not_fit(iris, limits, said):
    problems = refused(override(iris, limits=limits))
    assert list(problems) == ["limits"]
    assert said in problems["limits"]


def test_a_check_is_overridden_once_per_model(iris):
    override(iris).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        override(iris).save()


def test_the_fixtures_recipe_is_accepted(iris):
    iris.recipe.full_clean()
    assert str(iris.recipe) == "iris: RandomForestClassifier"


@pytest.mark.parametrize(
    ("columns", "field", "said"),
    [
        ({"estimator": "os.system"}, "estimator", " DecisionTreeClassifier, "),
        ({"estimator": "SVC"}, "estimator", " LogisticRegression"),
        ({"parameters": [1]}, "parameters", "{"),
        ({"parameters": {"n_estimators": 12}}, "parameters", " n_estimators "),
        ({"parameters": {"n_estimators": []}}, "parameters", " n_estimators "),
        ({"name_template": "rf-{depth}"}, "name_template", "{depth}"),
        ({"name_template": "rf-{n_estimators"}, "name_template", "expected '}'"),
        ({"name_template": "rf-{n_estimators.real}"}, "name_template", "{n_estimators.real}"),
        ({"name_template": "rf-{run[0]}"}, "name_template", "{run[0]}"),
        ({"name_template": "rf-{0}"}, "name_template", "{0}"),
    ],
)
def test_a_recipe_refuses_by_field_what_no_candidate_can_be_made_of(iris, columns, field, said):
    problems = refused(recipe(iris, **columns))
    assert list(problems) == [field]
    assert said in problems[field]


@pytest.mark.parametrize("template", ["rf-{}", "../../outside", "a/b", "{run!x}", "{run:>150}"])
def test_a_recipe_refuses_a_name_that_no_file_can_have(iris, template):
    assert list(refused(recipe(iris, name_template=template))) == ["name_template"]


def test_a_recipe_may_draw_nothing(iris):
    recipe(iris, name_template="rf-run{run}", parameters={}).clean()


def test_a_search_of_the_live_pipeline_names_parameters_that_it_has(iris, strong):
    """Known from the version's row: the web tier has no scikit-learn to ask."""
    columns = {"kind": "search", "estimator": "", "name_template": "", "parameters": {"max_dept": [2, 4]}}
    recipe(iris, **columns).full_clean()  # nothing is live: a run will tell
    make_live(strong)
    problems = refused(recipe(iris, **columns))
    assert list(problems) == ["parameters"]
    assert problems["parameters"].startswith("max_dept is not ")
    assert "max_depth" in problems["parameters"]
    recipe(iris, **columns | {"parameters": {"max_depth": [2, 4]}}).full_clean()
