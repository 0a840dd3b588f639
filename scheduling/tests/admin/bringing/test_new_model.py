"""A model is registered by clicking: two files, a question, a confirmed signature."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from predictions.models import Dataset, RegisteredModel
from predictions.tests.admin_pages import log_entries
from scheduling.models import Run
from scheduling.tests.admin.bringing.clicks import BUTTON, NEW, answers, make_shop, page_of, send
from scheduling.tests.admin.people import sign_in_superuser, sign_in_with
from scheduling.tests.registering.sent import as_csv, do_next, files_under, make_rows, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    return sign_in_superuser(client)


def kinds_of(model):
    return dict(model.signatures.get().features.values_list("name", "kind"))


def test_two_files_are_read_and_wait_for_the_person(client, boss, tmp_path):
    page = send(client)
    form = page.context["form"]
    assert [row["column"]["name"] for row in form.asked_rows] == ["stars"]
    assert {row["column"]["name"]: row["field"].value() for row in form.rows} == {
        "age": "float", "price": "float", "plan": "category",
    }  # fmt: skip
    age = next(row["column"] for row in form.rows if row["column"]["name"] == "age")
    assert (age["required"], age["missing"]) == (False, 18)
    model = RegisteredModel.objects.get()
    assert (model.public, model.signatures.exists()) == (False, False)
    run = Run.objects.get()
    assert (run.trigger, run.requested_by, run.status) == ("manual", "boss", "finished")
    assert len(files_under(tmp_path / "media/quarantine")) == 2
    assert [entry[:2] for entry in log_entries()] == [("boss", "churn")]


def test_the_answers_make_the_signature(client, boss, tmp_path):
    page = send(client)
    model = RegisteredModel.objects.get()
    assert client.post(page_of(model), answers(page)).context["form"].errors.keys() == {"column_3"}
    reply = client.post(page_of(model), answers(page, stars="category", plan="text"))
    assert reply.status_code == 302
    assert do_next().status == "finished"
    assert kinds_of(model) == {"age": "float", "price": "float", "plan": "text", "stars": "category"}
    assert Dataset.objects.count() == 2
    page = client.get(page_of(model))
    assert page.context["form"] is None
    assert page.context["told"].level == "success"


def test_a_column_is_left_out(client, boss):
    page = send(client)
    model = RegisteredModel.objects.get()
    client.post(page_of(model), answers(page, stars="drop", plan="drop"))
    do_next()
    assert kinds_of(model) == {"age": "float", "price": "float"}


def test_limits_are_corrected(client, boss):
    page = send(client)
    model = RegisteredModel.objects.get()
    ends = next(row["ends"] for row in page.context["form"].rows if row["column"]["name"] == "age")
    least, largest = (end.html_name for end in ends)
    turned = answers(page, stars="int") | {least: "9", largest: "1"}
    assert client.post(page_of(model), turned).context["form"].errors.keys() == {least}
    client.post(page_of(model), turned | {least: "0", largest: ""})
    assert do_next().status == "finished"
    age = model.signatures.get().features.get(name="age")
    assert (age.minimum, age.maximum) == (0.0, 600.0)  # an end that is emptied is as wide as before
    price = model.signatures.get().features.get(name="price")
    assert price.minimum < 0


def test_an_answer_that_does_not_fit_is_asked_again(client, boss):
    page = send(client)
    model = RegisteredModel.objects.get()
    client.post(page_of(model), answers(page, stars="int", age="int"))
    assert do_next().status == "failed"
    page = client.get(page_of(model))
    assert [row["column"]["name"] for row in page.context["form"].asked_rows] == ["age"]
    assert {row["column"]["name"]: row["field"].value() for row in page.context["form"].rows}[
        "stars"
    ] == "int"
    client.post(page_of(model), answers(page, age="float"))
    assert do_next().status == "finished"
    assert kinds_of(model)["age"] == "float"


def test_another_label_column_is_read_again(client, boss):
    page = send(client, output="left")
    assert page.context["form"].problems
    model = RegisteredModel.objects.get()
    client.post(page_of(model), answers(page, output="churned"))
    assert do_next().parameters["what"] == "preview"
    page = client.get(page_of(model))
    assert not page.context["form"].problems
    assert [row["column"]["name"] for row in page.context["form"].asked_rows] == ["stars"]
    client.post(page_of(model), answers(page, stars="int"))
    do_next()
    assert model.signatures.get().output_name == "churned"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "No Name"}, "name"),
        ({"name": ""}, "name"),
        ({"output": ""}, "output"),
        ({"training": None}, "training"),
        ({"task": "clustering"}, "task"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_kept(client, boss, tmp_path, change, field):
    reply = send(client, **change)
    assert reply.context["form"].errors.keys() == {field}
    assert not Run.objects.exists()
    assert files_under(tmp_path / "media/quarantine") == []


def test_a_taken_name_is_named(client, boss, iris):
    assert send(client, name="iris").context["form"].errors.keys() == {"name"}


def test_a_file_that_cannot_be_read_is_named(client, boss):
    page = send(client, training=b"\x00\x01")
    assert [error["field"] for error in page.context["told"].run.errors] == ["training"]
    assert page.context["form"] is None
    assert page.context["told"].level == "error"


def test_files_over_the_limit_and_cut_ones_are_not_kept(client, boss, tmp_path, config):
    config.MAX_UPLOAD_BYTES = 100
    rows = SimpleUploadedFile("rows.csv", as_csv(make_rows()))
    assert client.post(NEW, {"name": "churn", "training": rows} | BUTTON).url == NEW
    config.MAX_UPLOAD_BYTES = 10**6
    rows.seek(0)
    assert client.post(NEW, {"name": "churn", "training": rows}).url == NEW
    assert files_under(tmp_path / "media/quarantine") == []


def test_without_the_token_nothing_is_taken(client, boss, tmp_path):
    client.handler.enforce_csrf_checks = True
    rows = SimpleUploadedFile("rows.csv", as_csv(make_rows()))
    assert client.post(NEW, {"name": "churn", "training": rows} | BUTTON).status_code == 403
    assert files_under(tmp_path / "media/quarantine") == []


def test_files_that_are_gone_are_asked_for_again(client, boss, tmp_path):
    page = send(client)
    model = RegisteredModel.objects.get()
    for path in (tmp_path / "media/quarantine").rglob("*"):
        if path.is_file():
            path.unlink()
    assert client.post(page_of(model), answers(page, stars="int")).url.startswith(NEW)
    assert Run.objects.count() == 1


def test_who_may_not_register_sees_no_form(client, iris):
    sign_in_with(client, "view_registeredmodel")
    assert client.get(NEW).status_code == 403
    assert post(client, NEW, {"name": "x", "training": as_csv(make_shop())} | BUTTON).status_code == 403
    assert client.get(page_of(iris)).status_code == 200
    assert client.get(page_of(iris, "version")).status_code == 403
    assert client.get(page_of(iris, "dataset")).status_code == 403


def test_who_may_register_brings_the_rest_too(client):
    sign_in_with(client, "add_registeredmodel")
    page = send(client)
    assert page.status_code == 200
    model = RegisteredModel.objects.get()
    client.post(page_of(model), answers(page, stars="int"))
    do_next()
    assert client.get(page_of(model, "version")).status_code == 200
    assert client.get(page_of(model, "dataset")).status_code == 200


def field_of(page, column, name):
    row = next(row for row in page.context["form"].rows if row["column"]["name"] == column)
    return row[name].html_name


def test_gaps_and_examples_are_corrected(client, boss):
    page = send(client)
    model = RegisteredModel.objects.get()
    changes = {
        field_of(page, "age", "optional"): "",
        field_of(page, "age", "example"): "55",
        field_of(page, "price", "optional"): "on",
        field_of(page, "plan", "example"): "pro",
    }
    client.post(page_of(model), answers(page, stars="int") | changes)
    run = do_next()
    assert run.parameters["question"]["required"] == {"age": True, "price": False}
    assert run.parameters["question"]["examples"] == {"age": "55", "plan": "pro"}
    found = {one.name: (one.required, one.example) for one in model.signatures.get().features.all()}
    assert (found["age"], found["plan"]) == ((True, 55.0), (True, "pro"))
    assert found["price"][0] is False


def test_an_example_that_does_not_fit_is_named_at_its_field(client, boss):
    page = send(client)
    model = RegisteredModel.objects.get()
    age, plan = (field_of(page, name, "example") for name in ("age", "plan"))
    told = client.post(page_of(model), answers(page, stars="int") | {age: "old"})
    assert told.context["form"].errors.keys() == {age}
    client.post(page_of(model), answers(page, stars="int") | {plan: "gold"})
    run = do_next()
    assert (run.status, [one["field"] for one in run.errors]) == ("failed", ["plan"])
    page = client.get(page_of(model))
    assert [row["column"]["name"] for row in page.context["form"].rows if row["problem"]] == ["plan"]
    assert page.context["form"].asked_rows == []
    client.post(page_of(model), answers(page) | {plan: "plus"})
    assert do_next().status == "finished"
    assert model.signatures.get().features.get(name="plan").example == "plus"
