"""The disposable process: what it gives back, what it is given, and how it ends."""

import json
import os

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from conftest import iris_spec
from predictions.registry.compiling import load_bytes
from predictions.registry.sklearn_answers import answers_of
from scheduling.tests.evidence_factory import read_csv
from scheduling.tests.model_files.upload_factory import (
    as_skops,
    make_crafted_forest,
    make_forest,
    make_greedy,
)
from scheduling.uploads import sandbox
from scheduling.uploads.sandbox import SandboxRefused

# Stands for the child: has the question, and `answer(sentence)` to refuse it with.
PRELUDE = """
import json, os, sys, time
import msgspec
question = sys.stdin.buffer.read()
def answer(sentence):
    refusal = {"type": "Refusal", "code": "told", "sentence": sentence, "is_opened": False}
    os.write(int(sys.argv[1]), msgspec.msgpack.encode(refusal))
"""


def examine(content):
    return sandbox.examine(content, spec=iris_spec(), frame=read_csv("evaluation"))


def refused(content=b""):
    with pytest.raises(SandboxRefused) as caught:
        examine(content)
    return caught.value


@pytest.fixture
def child_does(monkeypatch, tmp_path):
    """Let the sandbox run this script instead."""

    def let(script):
        path = tmp_path / "child.py"
        path.write_text(PRELUDE + script)
        monkeypatch.setattr(sandbox, "CHILD", path)

    return let


@pytest.fixture
def temporary(monkeypatch, tmp_path):
    """The folder for temporary files, of its own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def test_an_honest_forest_comes_out_compiled_and_proved():
    forest = make_forest()
    examined = examine(as_skops(forest))
    spec, frame = iris_spec(), read_csv("evaluation")
    expected = answers_of(forest, spec, frame)
    served = load_bytes(examined.compiled.served_form, spec).predict(spec.rows_of(frame))
    assert examined.answers.outputs == served.outputs == expected.outputs
    assert np.array_equal(examined.answers.probabilities, expected.probabilities)
    assert examined.compiled.estimator == "sklearn.ensemble._forest.RandomForestClassifier"
    assert examined.compiled.parity["equal"] is True
    assert examined.compiled.params["n_estimators"] == 5
    assert examined.compiled.golden_rows["rows"]


def test_it_only_answers_where_that_is_all_that_is_asked(monkeypatch):
    forest, frame = make_forest(), read_csv("evaluation")
    asked = []
    encode = sandbox.crossing.encode
    monkeypatch.setattr("scheduling.uploads.crossing.encode", lambda it: asked.append(it) or encode(it))
    answers = sandbox.answers(as_skops(forest), spec=iris_spec(), frame=frame)
    assert answers.outputs == answers_of(forest, iris_spec(), frame).outputs
    assert [question.compile for question in asked] == [False]


def test_rows_with_a_gap_are_not_asked():
    """The model may not know what to answer to them: that is no reason to refuse it."""
    frame = read_csv("evaluation").astype({"petalwidth": float})
    frame.loc[3, "petalwidth"] = np.nan
    examined = sandbox.examine(as_skops(make_forest()), spec=iris_spec(), frame=frame)
    assert len(examined.answers.outputs) == examined.compiled.parity["rows"] == len(frame) - 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (lambda: b"\x80\x04.", "pickle"),
        (lambda: as_skops(make_pipeline(TfidfVectorizer(input="filename"))), "reads_files"),
        (lambda: as_skops(make_crafted_forest(left_child=0)), "crafted"),
        (lambda: as_skops(make_forest(relabel=lambda label: label + 1)), "other_labels"),
    ],
    ids=["a pickle", "reads files", "a cycle", "other classes"],
)
def test_what_the_child_refuses_is_told(content, code):
    assert refused(content()).code == code


def test_the_child_knows_neither_secrets_nor_the_database(child_does, monkeypatch):
    for name in ("SECRET_KEY", "DATABASE_URL", "DEMO_ADMIN_PASSWORD", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "a-secret")
    child_does("answer(json.dumps(dict(os.environ)))")
    environment = json.loads(str(refused()))
    assert "a-secret" not in environment.values()
    assert environment.keys() - {"LC_CTYPE"} == sandbox.ENVIRONMENT.keys()


def test_the_child_is_isolated_and_has_the_question_only(child_does, temporary):
    child_does(
        "asked = msgspec.msgpack.decode(question)\n"
        f"here = os.listdir({str(temporary)!r})\n"
        'content = asked["content"].decode()\n'
        "answer(json.dumps([sys.flags.isolated, os.getcwd(), here, sorted(asked), content]))"
    )
    told = json.loads(str(refused(b"the file")))
    assert told == [1, "/", [], ["columns", "compile", "content", "fixed", "spec", "type"], "the file"]


def test_a_child_that_hangs_is_stopped(child_does, config):
    config.UPDATE_MODEL_WAIT_SECONDS = 0.6
    child_does("time.sleep(60)")
    error = refused()
    assert error.code == "time"
    assert " 0.3 s" in str(error)


def test_it_has_half_the_time_of_who_waits_for_it_and_no_more_than_its_own(child_does, monkeypatch, config):
    given = []
    run = sandbox.subprocess.run
    monkeypatch.setattr(sandbox.subprocess, "run", lambda *a, **k: given.append(k["timeout"]) or run(*a, **k))
    child_does('answer("no")')
    for config.UPDATE_MODEL_WAIT_SECONDS in (90, 30, 900):
        refused()
    assert given == [45, 15, 45]


@pytest.mark.parametrize(
    ("script", "code", "named"),
    [
        ("os.abort()", "crashed", "signal SIGABRT"),
        ("os.kill(os.getpid(), 11)", "crashed", "signal SIGSEGV"),
        ("os.kill(os.getpid(), 9)", "killed", "signal SIGKILL"),
        ("os.kill(os.getpid(), 24)", "time", " 45 s"),
        ("sys.exit(3)", "crashed", "exit code 3"),
        ("pass", "crashed", "exit code 0"),
        ('os.write(int(sys.argv[1]), b"rubbish")', "crashed", ""),
        ("raise MemoryError", "memory", "4,096 MB"),
        ('os.write(2, b"terminate called: std::bad_alloc"); os.abort()', "memory", "CHILD_MEMORY_MB"),
        ('os.write(2, b"x" * 100_000_000); os.abort()', "crashed", "signal SIGABRT"),
    ],
    ids=[
        "aborts",
        "segfault",
        "killed",
        "processor time",
        "exits",
        "says nothing",
        "rubbish",
        "memory",
        "c++",
        "talks",
    ],
)
def test_a_child_that_crashes_is_told_of_in_one_sentence(child_does, script, code, named):
    child_does(script)
    error = refused()
    assert error.code == code
    assert named in str(error)
    assert not any(internal in str(error) for internal in ("Traceback", "MemoryError", "bad_alloc", "-9"))


def test_what_a_child_says_as_it_crashes_is_told_to_nobody(child_does, caplog):
    """A library's last words may quote a row."""
    child_does('os.write(2, b"terminate called: row 3: a cell"); os.abort()')
    assert "a cell" not in str(refused()) + caplog.text


def test_a_model_for_which_there_is_not_enough_memory_is_told_so(config):
    config.CHILD_MEMORY_MB = 768
    error = refused(as_skops(make_greedy()))
    assert error.code == "memory"
    assert "768 MB" in str(error)
    assert "MemoryError" not in str(error)


def test_the_child_gets_its_memory_limit(child_does, config):
    config.CHILD_MEMORY_MB = 1234
    child_does("answer(sys.argv[2])")
    assert str(refused()) == "1234"


def test_nothing_of_it_has_a_name_at_any_time(child_does, temporary):
    child_does(f"answer(json.dumps(os.listdir({str(temporary)!r})))")
    assert json.loads(str(refused())) == []
    assert os.listdir(temporary) == []


def test_a_function_of_a_trusted_package_is_found_behind_the_walls(config):
    """pandas stands for a package of one's own: the child sees only what is installed."""
    training = read_csv("training")
    model = make_pipeline(FunctionTransformer(pd.isna), LogisticRegression())
    model.fit(training.drop(columns="species"), training["species"])
    frame = read_csv("evaluation")
    with pytest.raises(SandboxRefused) as caught:
        sandbox.answers(as_skops(model), spec=iris_spec(), frame=frame)
    assert (caught.value.code, ": pandas" in str(caught.value)) == ("function", False)  # nobody may trust it
    config.TRUSTED_MODULES = ["pandas"]
    answers = sandbox.answers(as_skops(model), spec=iris_spec(), frame=frame)
    assert len(answers.outputs) == len(frame)


def test_of_a_search_the_best_estimator_comes_out_and_it_is_told():
    training = read_csv("training")
    search = GridSearchCV(LogisticRegression(max_iter=500), {"C": [0.1, 1]}, cv=2)
    search.fit(training.drop(columns="species"), training["species"])
    examined = examine(as_skops(search))
    assert examined.compiled.estimator == "sklearn.linear_model._logistic.LogisticRegression"
    assert examined.answers.outputs == search.predict(read_csv("evaluation").drop(columns="species")).tolist()
    assert ["GridSearchCV" in note for note in examined.notes] == [True]
