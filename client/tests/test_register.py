"""Registering: what is sent, in which order, and what is made of each answer."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet
from sklearn.linear_model import LogisticRegression

from model_delivery import Conflict, InvalidInput, NotFound, RunFailed, TimedOut

X = pd.DataFrame({"age": [50.0, 20.0, 30.0, 40.0], "visits": [1, 2, 3, 4]})
Y = pd.Series([True, False, False, True], name="churned")
SIGNATURE = {
    "task": "classification", "output_name": "churned", "labels": [False, True],
    "features": [
        {"name": "age", "kind": "float", "required": False, "minimum": 0, "example": 50.0},
        {"name": "plan", "kind": "category", "categories": list("abcdefg"), "example": "a"},
    ],
}  # fmt: skip
DONE = {
    "run": 12, "model": "churn", "signature": SIGNATURE, "version": "1.0", "decision": "promoted",
    "reason": "It is the first.", "notes": ["age: gaps are allowed."],
    "evidence": "https://models.example/api/runs/12/evidence.html",
}  # fmt: skip
KNOWN = "/api/models/churn/datasets"


@pytest.fixture(scope="module")
def model():
    return LogisticRegression().fit(X, Y)


@pytest.fixture
def register(delivery, model):
    def call(features=X, y=Y, **options):
        return delivery.register(model, "churn", features, y, **({"evaluation": (features, y)} | options))

    return call


@pytest.fixture
def unknown(httpserver):
    nothing = {"code": "not_found", "detail": "There is nothing.", "errors": []}
    httpserver.expect_request(KNOWN, method="GET").respond_with_json(nothing, status=404)


def answer(httpserver, body=DONE, *, status=201, path="/api/models"):
    httpserver.expect_request(path, method="POST").respond_with_json(body, status=status)
    live = {"live_version": body.get("version"), "served_by": {"workers": 1, "of": 1}}
    httpserver.expect_request("/api/models/churn", method="GET").respond_with_json(live)


def sent(httpserver, path="/api/models"):
    """The form of each request to this path, with the files' names and bytes."""
    requests = [request for request, _ in httpserver.log if (request.method, request.path) == ("POST", path)]
    return [
        (request.form, {name: (f.filename, f.read()) for name, f in request.files.items()})
        for request in requests
    ]


@pytest.mark.usefixtures("unknown")
def test_a_new_model_is_sent_with_its_data_and_what_it_was_trained_on(httpserver, register, printed):
    answer(httpserver)
    churn = register()
    [(form, files)] = sent(httpserver)
    assert form.to_dict() == {"name": "churn", "output": "churned", "trained_on": "training"}
    assert {name: file[0] for name, file in files.items()} == {
        "training": "training.parquet", "evaluation": "evaluation.parquet", "model": "churn.skops"
    }  # fmt: skip
    table = parquet.read_table(io.BytesIO(files["training"][1]))
    assert table.column_names == ["age", "visits", "churned"]
    assert files["model"][1][:2] == b"PK"
    assert (churn.verdict.version, churn.verdict.decision, churn.verdict.run) == ("1.0", "promoted", 12)
    said = printed.getvalue()
    for word in (
        "age",
        "category",
        "a, b, c, d, e and 2 more",
        ">= 0",
        "1.0",
        "gaps are allowed",
        httpserver.url_for("/api/runs/12/evidence.html"),
    ):
        assert word in said


@pytest.mark.usefixtures("unknown")
def test_all_that_is_said_of_the_data_is_passed_on(httpserver, register):
    answer(httpserver)
    register(
        task="classification", positive=np.True_, time="seen", group="customer", drop=["id", "note"],
        kinds={"visits": "int"}, required={"visits": False}, examples={"visits": np.int64(3)},
        title="Who leaves", public=False, data_changes=True, output="left",
    )  # fmt: skip
    [(form, _)] = sent(httpserver)
    assert form.getlist("drop") == ["id", "note"]
    said = [json.loads(form[name]) for name in ("kinds", "required", "examples")]
    assert said == [{"visits": "int"}, {"visits": False}, {"visits": 3}]
    rest = {
        name: form[name]
        for name in ("task", "positive", "time", "group", "title", "public", "data_changes", "output")
    }
    assert rest == {
        "task": "classification", "positive": "true", "time": "seen", "group": "customer",
        "title": "Who leaves", "public": "false", "data_changes": "true", "output": "left",
    }  # fmt: skip


@pytest.mark.usefixtures("unknown")
@pytest.mark.parametrize(
    ("positive", "text"),
    [("yes", "yes"), (1, "1"), (np.int64(1), "1"), (0, "0"), (1.5, "1.5"), (False, "false")],
)
def test_a_label_is_written_as_json_has_it(httpserver, register, positive, text):
    answer(httpserver)
    register(positive=positive)
    assert sent(httpserver)[0][0]["positive"] == text


@pytest.mark.usefixtures("unknown")
@pytest.mark.parametrize(
    ("features", "labels", "columns"),
    [
        (X.to_numpy(), Y.to_numpy(), ["x0", "x1", "target"]),
        (X, Y.to_frame(), ["age", "visits", "target"]),
        (X, Y.to_numpy().reshape(-1, 1), ["age", "visits", "target"]),
        (X, list(Y), ["age", "visits", "target"]),
        (X.to_dict("list"), Y, ["age", "visits", "churned"]),
    ],
)
def test_data_of_other_libraries_are_taken(httpserver, register, features, labels, columns):
    answer(httpserver)
    register(features, labels)
    table = parquet.read_table(io.BytesIO(sent(httpserver)[0][1]["training"][1]))
    assert table.column_names == columns
    assert table.column(columns[-1]).to_pylist() == list(Y)


@pytest.mark.usefixtures("unknown")
def test_a_named_index_is_left_out_with_a_word(httpserver, register, printed):
    answer(httpserver)
    register(X.rename_axis("customer"), Y)
    assert "customer" in printed.getvalue()
    table = parquet.read_table(io.BytesIO(sent(httpserver)[0][1]["training"][1]))
    assert "customer" not in table.column_names


@pytest.mark.parametrize(
    ("labels", "options", "field"),
    [
        (Y[:3], {}, "y"),
        (pd.DataFrame({"a": Y, "b": Y}), {}, "y"),
        (np.zeros((4, 2)), {}, "y"),
        (Y, {"output": "age"}, "output"),
    ],
)
def test_labels_that_do_not_fit_are_told_before_anything_is_sent(register, asked, labels, options, field):
    with pytest.raises(InvalidInput) as told:
        register(X, labels, **options)
    assert told.value.field == field
    assert asked() == []


@pytest.mark.parametrize(
    "thing", [object(), lambda x: x, 5, "no/such.skops"], ids=lambda thing: type(thing).__name__
)
def test_what_is_no_model_is_told_before_anything_is_sent(delivery, thing, asked):
    with pytest.raises(InvalidInput) as told:
        delivery.register(thing, "churn", X, Y)
    assert told.value.field == "model"
    assert asked() == []


@pytest.mark.usefixtures("unknown")
def test_data_alone_are_sent_without_a_model_and_without_rows_that_judge(httpserver, delivery):
    answer(httpserver, DONE | {"version": None, "decision": "", "evidence": None})
    verdict = delivery.register(None, "churn", X, Y).verdict
    [(form, files)] = sent(httpserver)
    assert form.to_dict() == {"name": "churn", "output": "churned"}
    assert [*files] == ["training"]
    assert (verdict.version, verdict.decision) == (None, "")


def test_fresh_data_alone_for_a_model_that_is_there(httpserver, delivery, asked):
    known_data(httpserver, {"training": "other"})
    answer(httpserver, {"run": 3}, path=KNOWN)
    delivery.register(None, "churn", X, Y)
    assert [path for method, path in asked() if method == "POST"] == [KNOWN]


@pytest.mark.usefixtures("unknown")
def test_workers_that_lag_do_not_take_the_verdict_away(httpserver, register, printed):
    lagging = {"live_version": "1.0", "served_by": {"workers": 1, "of": 2}}
    httpserver.expect_request("/api/models/churn").respond_with_json(lagging)
    answer(httpserver)
    assert register(timeout=2).verdict.decision == "promoted"
    assert "workers" in printed.getvalue()


@pytest.mark.usefixtures("unknown")
def test_a_file_is_sent_as_it_is(httpserver, delivery, tmp_path):
    answer(httpserver)
    path = tmp_path / "net.onnx"
    path.write_bytes(b"\x08graph")
    delivery.register(path, "churn", X, Y)
    assert sent(httpserver)[0][1]["model"] == ("net.onnx", b"\x08graph")


@pytest.mark.usefixtures("unknown")
def test_questions_name_each_column_and_what_to_write(httpserver, register):
    errors = [
        {
            "field": "home.dest",
            "message": "Is it text? Answer with drop.",
            "choices": ["text", "category", "drop"],
        },
        {"field": "task", "message": "Ten whole numbers.", "choices": ["classification", "regression"]},
        {"field": "output", "message": "There is no column left."},
        {"field": "elsewhere", "message": "Not known here."},
    ]
    answer(httpserver, {"code": "invalid_input", "detail": "…", "errors": errors}, status=400)
    with pytest.raises(InvalidInput) as told:
        register()
    text, task, output, other = told.value.problems
    assert text.message == "Is it text?"
    assert (
        text.remedy
        == 'Add kinds={"home.dest": "text"} or kinds={"home.dest": "category"} or drop=["home.dest"].'
    )
    assert task.remedy == 'Add task="classification" or task="regression".'
    assert "output=" in output.remedy
    assert other.remedy == ""
    assert all(each.message in str(told.value) for each in told.value.problems)


@pytest.mark.usefixtures("unknown")
def test_a_name_that_is_taken_by_a_model_that_nobody_shows_us(httpserver, register):
    errors = [{"field": "name", "message": "There is a model churn already."}]
    answer(httpserver, {"code": "name_taken", "detail": "…", "errors": errors}, status=409)
    with pytest.raises(Conflict) as told:
        register()
    assert told.value.field == "name"
    assert "another name" in told.value.remedy


def known_data(httpserver, files):
    rows = [{"role": role, "sha256": sha} for role, sha in files.items()]
    httpserver.expect_request(KNOWN, method="GET").respond_with_json({"results": rows, "next": None})


def sha256_of_rows():
    from model_delivery.delivery import _labelled
    from model_delivery.tables.files import as_file

    return as_file(_labelled(X, Y, "churned", "X"), "training").sha256


def test_the_next_model_is_a_version_trained_on_the_data_that_are_there(httpserver, register, asked):
    known_data(httpserver, {"training": sha256_of_rows(), "evaluation": sha256_of_rows()})
    answer(httpserver, DONE | {"version": "1.1", "decision": "kept"}, path="/api/models/churn/versions")
    churn = register(version_name="second")
    [(form, files)] = sent(httpserver, "/api/models/churn/versions")
    assert form.to_dict() == {"name": "second", "trained_on": sha256_of_rows()}
    assert list(files) == ["file"]
    assert [method for method, _ in asked()] == ["GET", "POST"]
    assert (churn.verdict.version, churn.verdict.decision) == ("1.1", "kept")


def test_new_data_are_added_before_the_version(httpserver, register, asked):
    known_data(httpserver, {"training": "other", "evaluation": sha256_of_rows()})
    answer(httpserver, {"run": 3}, path=KNOWN)
    answer(httpserver, DONE, path="/api/models/churn/versions")
    register()
    [(form, files)] = sent(httpserver, KNOWN)
    assert (form["role"], list(files)) == ("training", ["file"])
    assert [path for method, path in asked() if method == "POST"] == [KNOWN, "/api/models/churn/versions"]


def test_data_that_are_there_already_may_be_answered_by_200(httpserver, register):
    known_data(httpserver, {"training": "other"})
    answer(httpserver, {"run": None}, status=200, path=KNOWN)
    answer(httpserver, DONE | {"run": None}, status=200, path="/api/models/churn/versions")
    assert register().verdict.version == "1.0"


@pytest.mark.usefixtures("unknown")
class TestWaiting:
    """The answer 202: the run goes on, and is looked at until it is over."""

    @pytest.fixture
    def queued(self, httpserver):
        answer(httpserver, {"run": 12, "url": "http://inner-name/api/runs/12"}, status=202)

    def run(self, httpserver, *states, **facts):
        row = {"id": 12, "task": "register", "model": "churn", "decision": "", "reason": "", "step": "",
               "candidate": None, "created_at": "2026-01-02T03:04:05Z"}  # fmt: skip
        for status in states[:-1]:
            httpserver.expect_oneshot_request("/api/runs/12").respond_with_json(row | {"status": status})
        last = row | {"status": states[-1]} | facts
        httpserver.expect_request("/api/runs/12").respond_with_json(last)

    @pytest.mark.usefixtures("queued")
    def test_a_run_is_waited_for_with_longer_and_longer_pauses(
        self, httpserver, register, no_pauses, printed
    ):
        facts = {
            "decision": "promoted",
            "candidate": "1.0",
            "reason": "First.",
            "notes": ["n"],
        }
        model = {"live_version": "1.0", "served_by": {"workers": 1, "of": 2}}
        httpserver.expect_oneshot_request("/api/models/churn").respond_with_json(model)
        model = {"live_version": "1.0", "served_by": {"workers": 2, "of": 2}}
        httpserver.expect_oneshot_request("/api/models/churn").respond_with_json(model)
        manifest = "/api/models/churn/versions/1.0/manifest"
        httpserver.expect_request(manifest).respond_with_json({"signature": SIGNATURE})
        self.run(httpserver, "queued", "running", "running", "finished", **facts)
        verdict = register().verdict
        assert (verdict.version, verdict.decision, verdict.run, verdict.notes) == (
            "1.0",
            "promoted",
            12,
            ("n",),
        )
        assert verdict.evidence == httpserver.url_for("/api/runs/12/evidence.html")
        assert "category" in printed.getvalue()
        assert no_pauses[:3] == sorted(no_pauses[:3])
        assert len(no_pauses) == 4  # and one until the second worker serves it

    @pytest.mark.usefixtures("queued")
    def test_questions_of_a_run_are_the_same_error(self, httpserver, register):
        errors = [{"field": "zip", "message": "Is it text?", "choices": ["text", "drop"]}]
        self.run(httpserver, "failed", reason="It asks.", errors=errors)
        with pytest.raises(InvalidInput) as told:
            register()
        assert told.value.remedy == 'Add kinds={"zip": "text"} or drop=["zip"].'

    @pytest.mark.usefixtures("queued")
    @pytest.mark.parametrize("status", ["failed", "interrupted", "cancelled"])
    def test_a_run_that_ended_otherwise_is_an_error(self, httpserver, register, status):
        self.run(httpserver, status, reason="It was stopped.")
        with pytest.raises(RunFailed) as told:
            register()
        assert "12" in str(told.value)
        assert told.value.remedy

    @pytest.mark.usefixtures("queued")
    def test_ctrl_c_says_how_to_look_again(self, httpserver, register, printed, monkeypatch):
        self.run(httpserver, "running")

        def pressed(seconds):
            raise KeyboardInterrupt

        monkeypatch.setattr("model_delivery.waiting.time.sleep", pressed)
        with pytest.raises(KeyboardInterrupt):
            register()
        assert "delivery.run(12)" in printed.getvalue()

    @pytest.mark.usefixtures("queued")
    def test_patience_may_end(self, httpserver, register):
        self.run(httpserver, "running")
        with pytest.raises(TimedOut) as told:
            register(patience=0.1)
        assert "delivery.run(12)" in str(told.value)

    @pytest.mark.usefixtures("queued")
    def test_a_run_that_is_gone_is_an_error(self, httpserver, register):
        body = {"code": "not_found", "detail": "There is nothing.", "errors": []}
        httpserver.expect_request("/api/runs/12").respond_with_json(body, status=404)
        with pytest.raises(NotFound):
            register()


@pytest.mark.usefixtures("unknown")
def test_ctrl_c_while_sending_says_that_calling_again_is_safe(register, printed, monkeypatch):
    def pressed(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("model_delivery.http.session.Session.upload", pressed)
    with pytest.raises(KeyboardInterrupt):
        register()
    assert "again is safe" in printed.getvalue()


@pytest.mark.usefixtures("unknown")
def test_answers_of_another_shape_do_no_harm(httpserver, register):
    answer(httpserver, {"signature": {"features": [{}, 3]}, "notes": None})
    assert register().verdict.decision == ""
