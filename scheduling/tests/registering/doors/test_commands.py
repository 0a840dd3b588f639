"""`manage.py register_model` and `register_dataset`: the same as by REST, with exit codes."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from predictions.models import Dataset, ModelVersion, Promotion, RegisteredModel, Signature
from scheduling.engine import one_run
from scheduling.models import Lease, Run
from scheduling.tests.model_files.upload_factory import as_skops
from scheduling.tests.registering.sent import as_csv, do_next, files_under, make_form, make_model, make_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch):
    monkeypatch.setattr(one_run, "do", lambda run, tell: do_next())
    monkeypatch.setattr("getpass.getuser", lambda: "ann")


@pytest.fixture
def files(tmp_path):
    contents = make_form(model=as_skops(make_model()), reference=as_csv(make_rows(50, seed=2)))
    paths = {}
    for name, content in contents.items():
        if isinstance(content, bytes):
            paths[name] = str(tmp_path / ("churn.skops" if name == "model" else f"{name}.csv"))
            (tmp_path / paths[name]).write_bytes(content)
    return paths


def register(*options, command="register_model"):
    """Return what it printed and how it ended."""
    out = io.StringIO()
    try:
        call_command(command, *options, stdout=out)
    except CommandError as error:
        return str(error), error.returncode
    except SystemExit as end:
        return out.getvalue(), end.code
    return out.getvalue(), 0


def data(files, name="churn"):
    return (name, "--training", files["training"], "--evaluation", files["evaluation"], "--label", "churned")


def test_data_alone(files, config):
    printed, code = register(*data(files), "--title", "Who leaves", "--no-data-changes")
    assert code == 0
    for name in ("age", "price", "float", "churned"):
        assert name in printed
    model = RegisteredModel.objects.get()
    assert (model.public, model.data_changes, model.title) == (False, False, "Who leaves")
    run = Run.objects.get()
    assert (run.trigger, run.requested_by, run.status) == ("command", "ann", "finished")
    assert files_under(config.MEDIA_ROOT / "quarantine") == []
    again, code = register(*data(files), "--json")
    assert (code, json.loads(again)["run"], Run.objects.count()) == (0, None, 1)


def test_what_is_said_of_columns_stands_in_the_signature(files):
    said = ("--required", "age=no", "--examples", "age=55", "--bounds", "price=:99")
    assert register(*data(files), *said)[1] == 0
    age, price = Signature.objects.get().features.all()
    assert (age.required, age.example, price.maximum) == (False, 55.0, 99.0)
    told, code = register(*data(files, name="other"), "--examples", "age=old")
    assert (code, "age" in told) == (2, True)
    for wrong in (("--required", "age=perhaps"), ("--examples", "age")):
        assert register(*data(files, name="other"), *wrong)[1] == 1


def test_a_model_with_its_data_and_then_the_next_version(files, api, rehearsed, tmp_path):
    printed, code = register(*data(files), "--model", files["model"], "--trained-on", "training", "--json")
    told = json.loads(printed)
    assert (code, told["version"], told["decision"]) == (0, "1.0", "promoted")
    assert Promotion.objects.get().by == f"ann (command, run {told['run']})"
    assert Promotion.objects.get().user is None
    (tmp_path / "weak.skops").write_bytes(as_skops(make_model(make_rows(12, seed=9))))
    printed, code = register("churn", "--model", str(tmp_path / "weak.skops"))
    assert (code, ModelVersion.objects.count()) == (1, 2)
    assert "trained_on" in printed


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["churn"], "--training"),
        (["churn", "--label", "churned"], "--training"),
        (["Chürn", "--label", "churned"], "name"),
        (["churn", "--label", "churned", "--training", "/nothing", "--evaluation", "/nothing"], "--training"),
    ],
)
def test_what_is_missing_is_named(options, named):
    said, code = register(*options)
    assert (code, Run.objects.count(), RegisteredModel.objects.count()) == (2, 0, 0)
    assert named in said


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--kinds", "town=category"], "--kinds"),
        (["--kinds", "age=color"], "--kinds"),
        (["--drop", "town"], "--drop"),
        (["--group", "town"], "--group"),
        (["--task", "clustering"], "--task"),
        (["--label", "town"], "--label"),
        (["--trained-on", "yesterday"], "--trained-on"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_registered(files, config, options, named):
    said, code = register(*data(files), *options)
    assert (code, Signature.objects.count(), Dataset.objects.count()) == (2, 0, 0)
    assert named in said
    assert files_under(config.MEDIA_ROOT) == []


def test_what_the_rows_do_not_say_is_asked_back_by_the_options_that_answer(tmp_path, config):
    lines = [f"{number % 9 + 1},{number % 7 / 2},{number % 11}" for number in range(1000)]
    (tmp_path / "stays.csv").write_text("\n".join(["crew,length,nights", *lines]))
    said, code = register("stays", "--training", str(tmp_path / "stays.csv"), "--label", "nights")
    assert (code, Dataset.objects.count()) == (2, 0)
    for option in ("--task regression", "--task classification", "--drop crew", "--kinds crew=int"):
        assert option in said
    assert "{" not in said


def test_a_folder_of_files_that_cannot_be_written_is_named_and_no_file_is_blamed(files, config, tmp_path):
    (tmp_path / "taken").write_text("")
    config.MEDIA_ROOT = tmp_path / "taken"
    said, code = register(*data(files))
    assert (code, Run.objects.count()) == (2, 0)
    assert "MEDIA_ROOT" in said
    assert files["training"] not in said


def test_a_dataset(files):
    register(*data(files))
    printed, code = register("churn", files["reference"], "--role", "reference", command="register_dataset")
    assert (code, Dataset.objects.get(role="reference").rows) == (0, 50)
    assert "price" in printed
    again, code = register(
        "churn", files["reference"], "--role", "reference", "--json", command="register_dataset"
    )
    assert (code, json.loads(again)["run"], Run.objects.count()) == (0, None, 2)
    role = ("--role", "reference")
    for wrong in (["none", files["reference"], *role], ["churn", "/nothing", *role]):
        assert register(*wrong, command="register_dataset")[1] == 2
    assert register("churn", files["reference"], "--role", "x", command="register_dataset")[1] == 2


def test_where_a_scheduler_leads_it_does_the_run(files, monkeypatch):
    Lease.objects.take("host:1:aa")
    monkeypatch.setattr(one_run, "do", lambda run, tell: pytest.fail("done here"))
    monkeypatch.setattr(one_run.time, "sleep", lambda seconds: do_next())
    assert register(*data(files))[1] == 0
