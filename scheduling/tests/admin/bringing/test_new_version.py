"""Versions and datasets are brought by clicking, and the setup page tells what came of them."""

import pytest

from predictions.models import Dataset, ModelVersion, RegisteredModel
from predictions.models.promotion import live_version
from predictions.tests.admin_pages import log_entries, said
from scheduling.models import Recipe, Run
from scheduling.tests.admin.bringing.clicks import BUTTON, page_of
from scheduling.tests.admin.people import sign_in_superuser
from scheduling.tests.model_files.upload_factory import as_skops
from scheduling.tests.registering.sent import as_csv, do_next, make_form, make_model, make_rows, post

pytestmark = pytest.mark.django_db
RECIPES = "/admin/scheduling/recipe/add/"


@pytest.fixture
def model(client):
    """A model with its data, confirmed by clicking; nothing is asked about its columns."""
    sign_in_superuser(client)
    page = post(client, "/admin/predictions/registeredmodel/add/", make_form(data_changes="on") | BUTTON)
    do_next()
    fields = {one.html_name: one.value() or "" for one in client.get(page.url).context["form"]}
    client.post(page.url, fields)
    assert do_next().status == "finished"
    return RegisteredModel.objects.get()


def test_a_fitted_model_goes_live(client, model, api, rehearsed):
    training = Dataset.objects.get(role="training")
    page = client.get(page_of(model, "version"))
    assert not page.context["form"].errors
    assert page.context["form"]["trained_on"].value() == training.sha256
    form = {"file": as_skops(make_model()), "trained_on": training.sha256} | BUTTON
    assert post(client, page_of(model, "version"), form).url == page_of(model)
    working = client.get(page_of(model))
    assert b'http-equiv="refresh"' in working.content
    run = do_next()
    assert (run.task, run.decision, run.trigger) == ("upload", "promoted", "manual")
    told = client.get(page_of(model)).context["told"]
    assert (told.level, told.run) == ("success", run)
    version = ModelVersion.objects.get()
    assert live_version(model) == version
    assert version.training_dataset == training
    assert len(log_entries()) == 3
    reply = post(client, page_of(model, "version"), form)
    assert reply.url == page_of(model)
    assert f'<a href="/admin/predictions/modelversion/{version.pk}/change/">' in said(reply)[-1][1]
    assert not Run.objects.unfinished().exists()


def test_a_model_that_is_none_is_named_by_its_field(client, model):
    page = post(client, page_of(model, "version"), {"file": b"\x80\x04pickle"} | BUTTON)
    assert page.context["form"].errors.keys() == {"file"}
    assert not Run.objects.unfinished().exists()


def test_a_recipe_trains_one(client, model, api, rehearsed):
    page = client.get(page_of(model)).content.decode()
    link = page.rpartition(f'href="{RECIPES}')[2].partition('"')[0].replace("&amp;", "&")
    form = client.get(RECIPES + link).context["adminform"].form
    fields = {name: form[name].value() for name in form.fields}
    assert fields["estimator"] == "LogisticRegression"
    del fields["parameters"]
    assert client.post(RECIPES, fields).url == page_of(model)
    assert Recipe.objects.get().registered_model == model
    assert client.post(page_of(model), {"train": "1"}).url == page_of(model)
    assert (do_next().decision, ModelVersion.objects.get().source) == ("promoted", "trained")


def test_a_dataset_is_added_or_refused_by_its_field(client, model):
    url = page_of(model, "dataset")
    form = {"role": "evaluation", "file": as_csv(make_rows(60, seed=5))} | BUTTON
    assert post(client, url, form).url == page_of(model)
    assert do_next().status == "finished"
    assert Dataset.objects.current(model, "evaluation").rows == 60
    post(client, url, form | {"file": as_csv(make_rows(60)[["age", "churned"]])})
    assert do_next().status == "failed"
    told = client.get(page_of(model)).context["told"]
    assert (told.level, [one["field"] for one in told.run.errors]) == ("error", ["file"])
    assert post(client, url, {"role": "other"} | BUTTON).context["form"].errors.keys() == {"role", "file"}


def test_a_file_that_is_known_is_named_with_a_link(client, model):
    url, first = page_of(model, "dataset"), as_csv(make_rows(60, seed=5))
    for seed in (5, 6):
        post(client, url, {"role": "evaluation", "file": as_csv(make_rows(60, seed=seed))} | BUTTON)
        do_next()
    older, newer = Dataset.objects.filter(role="evaluation").order_by("pk")[1:]
    reply = post(client, url, {"role": "evaluation", "file": first} | BUTTON)
    (told,) = said(reply)
    assert told[0] == "warning"
    assert f'<a href="/admin/predictions/dataset/{older.pk}/change/">' in told[1]
    assert f"today: {newer}" in told[1]
    assert not Run.objects.unfinished().exists()


def test_a_model_without_data_leads_to_its_files(client, model):
    empty = RegisteredModel.objects.create(name="empty", title="Empty")
    assert client.get(page_of(empty, "version")).url == page_of(empty)
    assert "add/?name=empty" in client.get(page_of(empty)).content.decode()
