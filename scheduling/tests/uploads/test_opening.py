"""What a file of sound structure may hold: each thing that is refused, before anything in it is used."""

import io
import json
import os
import resource
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from scheduling.tests.evidence_factory import read_csv
from scheduling.tests.hostile_uploads import packed, part, schema_of
from scheduling.tests.upload_factory import as_skops, make_crafted_forest, make_forest
from scheduling.uploads import sandbox_child
from scheduling.uploads.container import checked_file
from scheduling.uploads.crossing import decode_answer
from scheduling.uploads.opening import open_skops, refuse_parameters, refuse_tree, trees_in
from scheduling.uploads.refusals import Refused

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


def test_a_function_is_refused_whether_trusted_or_not():
    trusted = make_pipeline(FunctionTransformer(np.log1p), LogisticRegression())
    assert refused(opened, as_skops(trusted)) == "function_parameter"
    foreign = make_pipeline(FunctionTransformer(read_csv), LogisticRegression())
    assert refused(opened, as_skops(foreign)) == "foreign_library"


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
    ("estimator", "code", "name"),
    [
        (
            GridSearchCV(LogisticRegression(), {"C": [1, 2]}),
            "search",
            "GridSearchCV",
        ),
        (RandomizedSearchCV(LogisticRegression(), {"C": [1, 2]}, n_iter=2), "search", "RandomizedSearchCV"),
        (HistGradientBoostingClassifier(max_iter=2), "unchecked_type", "TreePredictor"),
        (KNeighborsClassifier(), "unchecked_type", "KNeighborsClassifier"),
        (CalibratedClassifierCV(LogisticRegression()), "unchecked_type", "CalibratedClassifierCV"),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "get_params") else "",
)
@pytest.mark.filterwarnings("ignore:lbfgs failed")
def test_what_needs_more_types_than_are_trusted_is_told_what_to_do(estimator, code, name):
    with pytest.raises(Refused) as caught:
        opened(as_skops(fitted(estimator)))
    assert caught.value.code == code
    assert name in str(caught.value)


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
    [(f"{MINOR}.0", True), (f"{MINOR}.99", True), ("1.8.2", False), ("2.0.0", False), ("", False)],
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


@pytest.mark.parametrize(
    ("estimator", "code"),
    [
        (make_forest(n_jobs=2), "starts_processes"),
        (make_forest(n_jobs=-1), "starts_processes"),
        (make_pipeline(LogisticRegression(), memory="/tmp/cache"), "writes_files"),
        (make_pipeline(TfidfVectorizer(input="filename")), "reads_files"),
        (TfidfVectorizer(tokenizer=len), "function_parameter"),
    ],
)
def test_parameters_that_reach_outside_are_refused(estimator, code):
    assert refused(refuse_parameters, estimator.get_params(deep=True)) == code


def test_ordinary_parameters_are_fine():
    refuse_parameters(make_forest(n_jobs=1).get_params(deep=True))
    refuse_parameters(make_pipeline(StandardScaler(), TfidfVectorizer()).get_params(deep=True))


def test_every_tree_is_found_wherever_it_hangs():
    assert len(trees_in(make_forest())) == 5
    assert len(trees_in(fitted(GradientBoostingClassifier(n_estimators=4)))) == 12
    loop = SimpleNamespace(pipeline=make_pipeline(make_forest()))
    loop.itself = loop
    assert len(trees_in(loop)) == 5


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
    assert refused(opened, as_skops(make_crafted_forest(**nodes))) == "crafted_tree"


def test_a_tree_whose_arrays_differ_in_length_is_refused():
    tree = make_forest().estimators_[0].tree_
    names = ("node_count", "children_left", "children_right", "feature", "threshold", "value", "n_features")
    copy = SimpleNamespace(**{name: getattr(tree, name) for name in names})
    refuse_tree(copy)
    copy.threshold = copy.threshold[:-1]
    assert refused(refuse_tree, copy) == "crafted_tree"


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
    monkeypatch.setattr(sandbox_child, "answered", lambda question, megabytes: b"x" * 11)
    monkeypatch.setattr(sandbox_child.gc, "disable", lambda: None)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"")))
    with open(tmp_path / "answer", "w+b") as file:
        monkeypatch.setattr("sys.argv", ["", str(os.dup(file.fileno())), "4096", "45"])
        sandbox_child.main()
        answer = decode_answer((tmp_path / "answer").read_bytes())
    assert answer.code == "large_result"
