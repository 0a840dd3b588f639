"""A dataset's page: its columns, for whom they have values, and where it is used."""

import pytest
from django.urls import reverse

from predictions.registry import datasets
from scheduling.admin.bringing.dataset_pages import bars_of
from scheduling.models import Run
from scheduling.tests.admin.people import sign_in_superuser, sign_in_with
from scheduling.tests.run_factory import make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(iris):
    content = (
        b"sepal_length,sepal_width,petal_length,petal_width,species\n"
        + b"5.1,3.5,1.4,0.2,setosa\n" * 8
        + b"7.0,,4.7,1.4,versicolor\n" * 4
    )
    return datasets.register(registered_model=iris, role="evaluation", content=content)


def page_of(client, dataset):
    return client.get(reverse("admin:predictions_dataset_change", args=[dataset.pk]))


def shown(page):
    return {one["name"]: one for one in page.context["columns"]}


def test_the_query_is_for_those_who_may_see_the_source(client, iris):
    facts = {"query": "SELECT pay FROM salary", "database": "books", "rows_read": 77}
    columns = {"role": "training", "file": "a.parquet", "sha256": "a" * 64, "rows": 30, "source": "query"}
    dataset = iris.datasets.create(snapshot=facts, **columns)
    sign_in_with(client, "view_registeredmodel")
    page = page_of(client, dataset).content
    assert (b"77" in page, b"salary" in page, b"books" in page) == (True, False, False)
    sign_in_superuser(client)
    assert b"salary" in page_of(client, dataset).content


def test_columns_have_gaps_ranges_and_bars(client, rows):
    sign_in_superuser(client)
    page = page_of(client, rows)
    one = shown(page)["sepal_width"]
    assert (one["missing"], one["minimum"], round(one["share"])) == (4, "3.5", 33)
    assert len(shown(page)["sepal_length"]["bars"]) == 2
    assert page.content.count(b"<rect") >= 5


def test_redacted_features_and_unprivileged_readers_see_no_values(client, iris, rows):
    iris.redacted_features = ["sepal_length"]
    iris.save()
    sign_in_superuser(client)
    page = page_of(client, rows)
    assert "minimum" not in shown(page)["sepal_length"]
    assert shown(page)["sepal_length"]["bars"] == []
    assert shown(page)["petal_length"]["bars"]
    client.logout()
    sign_in_with(client, "view_registeredmodel")
    page = page_of(client, rows)
    assert all(one["bars"] == [] and "top" not in one for one in shown(page).values())
    assert b"<rect" not in page.content


def test_it_tells_where_it_is_used(client, iris, live, rows):
    sign_in_superuser(client)
    run = make_run(iris, task="validate", status="finished", finished_at="2026-03-01T12:00Z")
    Run.objects.filter(pk=run.pk).update(evaluation_dataset=rows)
    uses = page_of(client, rows).context["uses"]
    assert (list(uses["runs"]), uses["versions_in_all"], uses["is_current"]) == ([run], 0, True)
    training = live.training_dataset
    assert live in page_of(client, training).context["uses"]["versions"]


def test_one_is_added_on_the_page_of_its_model(client, iris):
    sign_in_superuser(client)
    add = reverse("admin:predictions_dataset_add")
    assert client.get(add).url == reverse("admin:predictions_registeredmodel_changelist")
    model = reverse("admin:predictions_registeredmodel_change", args=[iris.pk])
    assert reverse("admin:model-dataset", args=[iris.pk]) in client.get(model).content.decode()
    client.logout()
    sign_in_with(client, "view_registeredmodel")
    assert client.get(add).status_code == 403


def test_bars_fill_the_picture():
    column = {"histogram": {"edges": [0, 1, 2], "counts": [2, 4]}}
    first, second = bars_of(column)
    assert (first["height"], second["height"], second["x"]) == ("15.00", "30.00", "60.00")
    assert bars_of({}) == bars_of({"top": []}) == []
    assert len(bars_of({"top": [{"value": "a", "rows": 3}], "others": 2})) == 2
