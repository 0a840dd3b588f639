"""What a file of sound structure may hold: each thing that is refused, before anything in it is used."""

import io
import json
import os
import resource
import zipfile
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OrdinalEncoder, StandardScaler
from sklearn.tree._tree import Tree

from scheduling.tests.evidence_factory import read_csv
from scheduling.tests.model_files.hostile_uploads import packed, part, schema_of
from scheduling.tests.model_files.upload_factory import as_skops, make_crafted_forest, make_forest
from scheduling.uploads import sandbox_child
from scheduling.uploads.audit.audit import set_aside
from scheduling.uploads.audit.parts import parts_of
from scheduling.uploads.audit.trees import refuse_tree
from scheduling.uploads.crossing import decode_answer
from scheduling.uploads.opening import open_skops
from scheduling.uploads.refusals import Refused
from scheduling.uploads.structure.container import checked_file

MINOR = ".".join(sklearn.__version__.split(".")[:2])


def opened(content):
    return open_skops(*checked_file(content))


def members(content):
    archive = zipfile.ZipFile(io.BytesIO(content))
    return [(name, archive.read(name)) for name in archive.namelist()]


def refused(call, *arguments):
    with pytest.raises(Refused) as caught:
        call(*arguments)
    return caught.value.code


def fitted(estimator):
    training = read_csv("training")
    return estimator.fit(training.drop(columns="species"), training["species"])


@pytest.mark.parametrize(
    "estimator",
    [
        ExtraTreesClassifier(n_estimators=2),
        LogisticRegression(max_iter=1000),
        make_pipeline(StandardScaler(), LogisticRegression()),
    ],
    ids=["trees", "linear", "pipeline"],
)
def test_honest_files_are_opened(estimator):
    assert type(opened(as_skops(fitted(estimator)))) is type(estimator)


def test_a_function_of_numpy_that_computes_is_taken_and_others_are_named():
    computes = make_pipeline(FunctionTransformer(np.log1p), LogisticRegression())
    assert opened(as_skops(computes)).steps[0][1].func is np.log1p
    foreign = make_pipeline(FunctionTransformer(read_csv), LogisticRegression())
    assert refused(opened, as_skops(foreign)) == "function"
    assert refused(opened, as_skops(make_pipeline(FunctionTransformer(np.nan_to_num)))) == "function"


def test_a_model_that_holds_times_is_told_what_to_do_and_not_to_trust_pandas():
    times = pd.DataFrame({"when": pd.date_range("2026-01-01", periods=9, tz="UTC")})
    encoder = OrdinalEncoder().fit(times)
    assert refused(opened, as_skops(make_pipeline(encoder, LogisticRegression()))) == "times"


@pytest.mark.parametrize(
    ("thing", "what"),
    [
        ({"a": 1}, "a dict"),
        ([1, 2], "a list"),
        ("text", "a plain value"),
        (None, "a plain value"),
        (np.zeros(3), "an array"),
        (np.log1p, "a function"),
        (read_csv, "a function"),
        (LogisticRegression, "a class or a function"),
    ],
    ids=["a dict", "a list", "a text", "None", "an array", "a ufunc", "a function", "a class"],
)
def test_what_is_no_model_is_told_what_it_is(thing, what):
    with pytest.raises(Refused) as caught:
        opened(as_skops(thing))
    assert caught.value.code == "no_model"
    assert f" {what} " in str(caught.value)


@pytest.mark.parametrize(
    ("loader", "kind", "module"),
    [
        ("ObjectNode", "Popen", "subprocess"),
        ("FunctionNode", "system", "os"),
        ("TypeNode", "Popen", "subprocess"),
        ("PartialNode", "partial", "functools"),
        ("MethodNode", "Path", "pathlib"),
        ("OperatorFuncNode", "methodcaller", "operator"),
        ("ConstructorFromReduceNode", "Popen", "subprocess"),
    ],
)
def test_a_payload_does_not_run(monkeypatch, loader, kind, module):
    """Whatever it is that such a part would call, it is refused by its type."""
    for name in ("system", "popen", "execv"):
        monkeypatch.setattr(f"os.{name}", lambda *a, **k: pytest.fail("the payload ran"))
    monkeypatch.setattr("subprocess.Popen", lambda *a, **k: pytest.fail("the payload ran"))
    command = part("TupleNode", "tuple", content=[part("JsonNode", "str", content='"id"')])
    nothing = part("DictNode", "dict", key_types=part("ListNode", content=[]), content={})
    inside = {"func": command, "args": command, "kwds": nothing, "namespace": nothing, "obj": command}
    content = inside if loader in ("PartialNode", "MethodNode") else command
    payload = part(loader, kind, module, content=content, attrs=command)
    assert refused(opened, packed({"schema.json": schema_of(a=payload)})) in (
        "foreign_library",
        "function",
        "unreadable",
    )


@pytest.mark.parametrize(
    ("change", "code", "named"),
    [
        ({"protocol": 99, "_skops_version": "99.0"}, "other_skops", "skops 99.0"),
        ({"protocol": 99}, "unreadable", "(value error)"),
        ({"protocol": True}, "unreadable", "(type error)"),
        (
            {"content": {"__loader__": "Nonsense", "__class__": "a", "__module__": "b"}},
            "unreadable",
            "(type error)",
        ),
    ],
)
def test_what_skops_cannot_read_is_told_with_its_kind(change, code, named):
    schema = json.dumps(json.loads(schema_of()) | change)
    with pytest.raises(Refused) as caught:
        opened(packed({"schema.json": schema}))
    assert (caught.value.code, named in str(caught.value)) == (code, True), str(caught.value)


@pytest.mark.filterwarnings("ignore:Trying to unpickle")
@pytest.mark.parametrize(
    ("theirs", "is_taken"),
    [(f"{MINOR}.0", True), (f"{MINOR}.99", True), ("1.6.2", False), ("2.0.0", False), ("", False)],
)
def test_another_minor_version_of_scikit_learn_is_refused(theirs, is_taken):
    archive = dict(members(as_skops(make_forest())))
    archive["schema.json"] = archive["schema.json"].replace(
        json.dumps(json.dumps(sklearn.__version__)).encode(), json.dumps(json.dumps(theirs)).encode()
    )
    content = packed(archive)
    if is_taken:
        assert opened(content)
    else:
        with pytest.raises(Refused) as caught:
            opened(content)
        assert caught.value.code == "other_version"
        assert f"scikit-learn {sklearn.__version__}" in str(caught.value)


def test_what_only_concerns_fitting_is_set_aside():
    forest = opened(as_skops(make_forest(n_jobs=-1, verbose=3)))
    assert (forest.n_jobs, forest.verbose) == (None, 0)
    pipeline = opened(as_skops(make_pipeline(make_forest(n_jobs=2), memory="/tmp/cache", verbose=True)))
    assert (pipeline.memory, pipeline.verbose, pipeline.steps[0][1].n_jobs) == (None, 0, None)
    set_aside(np.zeros(3))


def test_every_part_is_found_once_wherever_it_hangs():
    def trees(model):
        return sum(isinstance(part, Tree) for part in parts_of(model))

    assert trees(make_forest()) == 5
    assert trees(fitted(GradientBoostingClassifier(n_estimators=4))) == 12
    loop = SimpleNamespace(pipeline=make_pipeline(make_forest()))
    loop.itself = loop
    assert trees(loop) == 5


@pytest.mark.parametrize(
    "nodes",
    [
        {"left_child": 0},
        {"right_child": 9999},
        {"left_child": -7},
        {"left_child": -1},
        {"feature": 4},
        {"feature": -3},
    ],
)
def test_a_tree_whose_indices_lead_astray_is_refused(nodes):
    assert refused(opened, as_skops(make_crafted_forest(**nodes))) == "crafted"


def test_a_tree_whose_arrays_differ_in_length_is_refused():
    tree = make_forest().estimators_[0].tree_
    names = ("node_count", "children_left", "children_right", "feature", "threshold", "value", "n_features")
    copy = SimpleNamespace(**{name: getattr(tree, name) for name in names})
    refuse_tree(copy)
    copy.threshold = copy.threshold[:-1]
    assert refused(refuse_tree, copy) == "crafted"


def test_it_limits_itself(monkeypatch):
    limits = {}
    monkeypatch.setattr(resource, "setrlimit", lambda kind, value: limits.update({kind: value}))
    sandbox_child.limit(1000, 46)
    assert limits[resource.RLIMIT_AS] == (1000 * 2**20, 1000 * 2**20)
    assert limits[resource.RLIMIT_CPU] == (46, 47)
    assert limits[resource.RLIMIT_CORE] == (0, 0)
    assert {resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE} <= limits.keys()


def test_a_served_form_that_is_too_large_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(sandbox_child, "RESULT_BYTES", 10)
    monkeypatch.setattr(sandbox_child, "limit", lambda *limits: None)
    monkeypatch.setattr(sandbox_child, "isolate", lambda packages: None)
    monkeypatch.setattr(sandbox_child, "answered", lambda *question: b"x" * 11)
    monkeypatch.setattr(sandbox_child.gc, "disable", lambda: None)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"")))
    with open(tmp_path / "answer", "w+b") as file:
        monkeypatch.setattr("sys.argv", ["", str(os.dup(file.fileno())), "4096", "45"])
        sandbox_child.main()
        answer = decode_answer((tmp_path / "answer").read_bytes())
    assert answer.code == "large_result"
