"""The disposable process: what it gives back, what it is given, and how it ends."""

import json

import numpy as np
import pytest

from conftest import iris_spec
from predictions.registry.compiling import answers_of, load_bytes
from scheduling.tests.evidence_factory import read_csv
from scheduling.tests.upload_factory import as_skops, make_crafted_forest, make_forest
from scheduling.uploads import sandbox
from scheduling.uploads.sandbox import SandboxRefused


def examine(content):
    return sandbox.examine(content, spec=iris_spec(), frame=read_csv("evaluation"))


def refused(content=b""):
    with pytest.raises(SandboxRefused) as caught:
        examine(content)
    return str(caught.value)


@pytest.fixture
def child_does(monkeypatch, tmp_path):
    """Let the sandbox run this script instead."""

    def let(script):
        path = tmp_path / "child.py"
        path.write_text(
            f"import json, os, sys, time\nfrom pathlib import Path\nroom = Path(sys.argv[1])\n{script}"
        )
        monkeypatch.setattr(sandbox, "CHILD", path)

    return let


def test_an_honest_forest_comes_out_compiled_and_proved():
    forest = make_forest()
    examined = examine(as_skops(forest))
    spec, frame = iris_spec(), read_csv("evaluation")
    expected = answers_of(forest, spec, frame)
    served = load_bytes(examined.compiled.served_form, spec).predict(spec.rows_of(frame))
    assert examined.answers.outputs == served.outputs == expected.outputs
    assert np.allclose(examined.answers.probabilities, expected.probabilities)
    assert examined.compiled.estimator == "sklearn.ensemble._forest.RandomForestClassifier"
    assert examined.compiled.parity["equal"] is True
    assert examined.compiled.params["n_estimators"] == 5
    assert examined.compiled.golden_rows["rows"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda: b"\x80\x04.", "not a skops file: it does not begin as a zip"),
        (lambda: as_skops(make_forest(n_jobs=2)), "n_jobs would start processes: set it to None"),
        (lambda: as_skops(make_crafted_forest(left_child=0)), "a tree whose nodes do not lead downwards"),
        (lambda: as_skops(make_forest(relabel=lambda label: label + 1)), "its classes are [1, 2, 3]"),
    ],
    ids=["a pickle", "n_jobs=2", "a cycle", "other classes"],
)
def test_what_the_child_refuses_is_told(content, said):
    assert said in refused(content())


def test_the_child_knows_neither_secrets_nor_the_database(child_does, monkeypatch):
    for name in ("SECRET_KEY", "DATABASE_URL", "DEMO_ADMIN_PASSWORD", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "a-secret")
    child_does('(room / "result.json").write_text(json.dumps({"refused": json.dumps(dict(os.environ))}))')
    environment = json.loads(refused())
    assert "a-secret" not in environment.values()
    assert environment.keys() - {"LC_CTYPE"} == {"ORT_DISABLE_TELEMETRY", "OPENBLAS_NUM_THREADS", "HOME"}


def test_the_child_is_isolated_and_given_three_files(child_does):
    child_does(
        "seen = sys.flags.isolated, sorted(os.listdir(room))\n"
        '(room / "result.json").write_text(json.dumps({"refused": json.dumps(seen)}))'
    )
    assert json.loads(refused()) == [1, ["frame.json", "model.skops", "spec.json"]]


def test_a_child_that_hangs_is_stopped(child_does, monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 0.3)
    child_does("time.sleep(60)")
    assert refused() == "it was not done within 0.3 seconds"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("os.abort()", "its process ended with -6"),
        ("os.kill(os.getpid(), 9)", "its process ended with -9"),
        ("raise MemoryError('too much')", "its process ended with 1: out of memory"),
        ("pass", "its process ended with 0"),
    ],
)
def test_a_child_that_crashes_is_told_of(child_does, script, said):
    child_does(script)
    assert refused() == said


def test_the_child_gets_its_memory_limit(child_does, settings):
    settings.CHILD_MEMORY_MB = 1234
    child_does('(room / "result.json").write_text(json.dumps({"refused": sys.argv[2]}))')
    assert refused() == "1234"


def test_nothing_of_it_stays_behind(child_does, monkeypatch, tmp_path):
    rooms = tmp_path / "rooms"
    rooms.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(rooms))
    child_does('(room / "result.json").write_text(json.dumps({"refused": "no"}))')
    refused()
    assert list(rooms.iterdir()) == []
