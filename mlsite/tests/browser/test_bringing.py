"""A person brings a model by clicking: two files, a question, a fitted pipeline, and it is live."""

# ruff: noqa: F401, F811 - fixtures of other tests

import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from mlsite.tests.browser.test_browser import (
    _django_in_a_thread_with_a_loop,
    browser_type_launch_args,
    complaints,
    logged_in,
)
from mlsite.tests.browser.test_evidence import look
from predictions.models import Dataset, RegisteredModel
from predictions.models.promotion import live_version
from scheduling.tests.admin.bringing.clicks import make_shop
from scheduling.tests.conftest import api, drawn, rehearsed, server_uses_this_database
from scheduling.tests.model_files.upload_factory import as_skops
from scheduling.tests.registering.sent import as_csv, do_next

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = [(1280, "light"), (390, "light"), (390, "dark"), (1280, "dark")]


def make_fitted(rows):
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    texts = OneHotEncoder(handle_unknown="ignore")
    columns = make_column_transformer((numbers, ["age", "price", "stars"]), (texts, ["plan"]))
    features = ["age", "price", "plan", "stars"]
    return make_pipeline(columns, LogisticRegression()).fit(rows[features], rows["churned"])


def look_everywhere(page, name):
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        look(page, f"bringing-{name}-{width}-{scheme}")


def test_a_model_of_ones_own_goes_live(
    logged_in, live_server, complaints, tmp_path, api, drawn, server_uses_this_database
):
    rows, page = make_shop(), logged_in
    for name, content in (
        ("train.csv", as_csv(rows)), ("test.csv", as_csv(make_shop(80, seed=1))),
        ("churn.skops", as_skops(make_fitted(rows))), ("next.csv", as_csv(make_shop(60, seed=2))),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(content)
    page.click("#content a[href$='/registeredmodel/add/']")
    page.fill("#id_name", "Churn")
    page.set_input_files("#id_training", tmp_path / "train.csv")
    page.set_input_files("#id_evaluation", tmp_path / "test.csv")
    page.fill("#id_output", "churned")
    page.click("input[name=everything]")
    page.wait_for_selector(".form-row.errors #id_name")
    look_everywhere(page, "1-new")
    page.fill("#id_name", "churn")
    page.set_input_files("#id_training", tmp_path / "train.csv")
    page.set_input_files("#id_evaluation", tmp_path / "test.csv")
    page.click("input[name=everything]")
    page.wait_for_url("**/setup/")
    look_everywhere(page, "2-working")
    do_next()
    page.wait_for_selector("fieldset.questions")
    assert page.locator("fieldset.questions fieldset").count() == 1
    look_everywhere(page, "3-confirm")
    page.click("label:has-text('a whole number') >> nth=0")
    page.click("text=Confirm the columns")
    page.wait_for_selector(".told")
    do_next()
    page.wait_for_selector(".told.success")
    look_everywhere(page, "4-registered")
    page.click("text=Upload a fitted model")
    page.set_input_files("#id_file", tmp_path / "churn.skops")
    look_everywhere(page, "5-upload")
    page.click("input[name=everything]")
    page.wait_for_selector(".told.info")
    run = do_next()
    assert run.decision == "promoted", run.reason
    page.wait_for_selector(".told.success")
    assert "Version 1.0 is live" in page.inner_text(".told")
    look_everywhere(page, "6-live")
    model = RegisteredModel.objects.get()
    assert live_version(model).label == "1.0"
    page.click("text=Add a dataset")
    page.set_input_files("#id_file", tmp_path / "next.csv")
    look_everywhere(page, "7-dataset")
    page.click("input[name=everything]")
    page.wait_for_selector(".told.info")
    do_next()
    page.wait_for_selector(".told.success")
    assert Dataset.objects.count() == 3
    page.goto(f"{live_server.url}/admin/predictions/registeredmodel/{model.pk}/change/")
    look_everywhere(page, "8-model")
    evaluation = Dataset.objects.filter(role="evaluation").last()
    page.goto(f"{live_server.url}/admin/predictions/dataset/{evaluation.pk}/change/")
    assert page.locator("svg.histogram").count() == 5
    look_everywhere(page, "9-dataset")
    assert complaints == []
