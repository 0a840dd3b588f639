"""Registering: what is sent, in which order, and what is made of each answer."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet

from client.tests.registering.answers import DONE, X, Y, answer, sent
from model_delivery import Conflict, InvalidInput


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


@pytest.mark.usefixtures("unknown")
def test_answers_of_another_shape_do_no_harm(httpserver, register):
    answer(httpserver, {"signature": {"features": [{}, 3]}, "notes": None})
    assert register().verdict.decision == ""
