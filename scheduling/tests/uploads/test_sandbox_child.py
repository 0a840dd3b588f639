"""What an uploaded file may hold: each thing that is refused, before anything in it is used."""

import resource
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from scheduling.tests.evidence_factory import read_csv
from scheduling.tests.upload_factory import as_skops, make_crafted_forest, make_forest, make_zip
from scheduling.uploads import sandbox_child
from scheduling.uploads.sandbox_child import Refused, open_skops, refuse_parameters, refuse_tree, trees_in


@pytest.fixture
def opened(tmp_path):
    """Call it with the bytes of a file to open it."""

    def open_bytes(content):
        path = tmp_path / "model.skops"
        path.write_bytes(content)
        return open_skops(path)

    return open_bytes


def refused(call, *arguments):
    with pytest.raises(Refused) as caught:
        call(*arguments)
    return str(caught.value)


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
def test_honest_files_are_opened(opened, estimator):
    assert type(opened(as_skops(fitted(estimator)))) is type(estimator)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it does not begin as a zip"),
        (b"\x80\x04K\x01.", "it does not begin as a zip"),
        (b"#!/bin/sh\n" + make_zip(schema__json="{}"), "it does not begin as a zip"),
        (make_zip(other__json="{}"), "it has no schema.json"),
        (make_zip(schema__json="{}", evil__pkl="x"), "a member that skops does not write: evil.pkl"),
        (
            make_zip(schema__json="{}", **{"../../x__npy": "x"}),
            "a member that skops does not write: ../../x.npy",
        ),
        (make_zip(schema__json="{}", **{"a/b__npy": "x"}), "a member that skops does not write: a/b.npy"),
    ],
)
def test_another_container_is_refused(opened, content, said):
    assert said in refused(opened, content)


def test_a_file_that_grows_when_unpacked_is_refused_by_its_sizes(opened, monkeypatch):
    content = make_zip(schema__json="{}", a__npy=b"\0" * 5_000_000)
    assert len(content) < 10_000
    monkeypatch.setattr(sandbox_child, "UNPACKED_BYTES", 1_000_000)
    assert refused(opened, content) == "unpacked it is over 1000000 bytes"


def test_a_function_is_refused_whether_trusted_or_not(opened):
    trusted = make_pipeline(FunctionTransformer(np.log1p), LogisticRegression())
    assert refused(opened, as_skops(trusted)) == "functiontransformer__func is a function"
    foreign = make_pipeline(FunctionTransformer(read_csv), LogisticRegression())
    said = refused(opened, as_skops(foreign))
    assert said == "types that are not trusted: scheduling.tests.evidence_factory.read_csv"


@pytest.mark.parametrize("thing", [{"a": 1}, [1, 2], "text"])
def test_what_is_no_estimator_is_refused(opened, thing):
    assert "is no scikit-learn estimator" in refused(opened, as_skops(thing))


@pytest.mark.parametrize(
    ("estimator", "said"),
    [
        (make_forest(n_jobs=2), "n_jobs would start processes"),
        (make_forest(n_jobs=-1), "n_jobs would start processes"),
        (make_pipeline(LogisticRegression(), memory="/tmp/cache"), "memory would write files"),
        (make_pipeline(TfidfVectorizer(input="filename")), "tfidfvectorizer__input would read files"),
        (TfidfVectorizer(tokenizer=len), "tokenizer is a function"),
    ],
)
def test_parameters_that_reach_outside_are_refused(estimator, said):
    assert said in refused(refuse_parameters, estimator.get_params(deep=True))


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
    ("nodes", "said"),
    [
        ({"left_child": 0}, "do not lead downwards"),
        ({"right_child": 9999}, "do not lead downwards"),
        ({"left_child": -7}, "do not lead downwards"),
        ({"left_child": -1}, "half a node"),
        ({"feature": 4}, "a feature there is not"),
        ({"feature": -3}, "a feature there is not"),
    ],
)
def test_a_tree_whose_indices_lead_astray_is_refused(opened, nodes, said):
    assert said in refused(opened, as_skops(make_crafted_forest(**nodes)))


def test_a_tree_whose_arrays_differ_in_length_is_refused():
    tree = make_forest().estimators_[0].tree_
    names = ("node_count", "children_left", "children_right", "feature", "threshold", "value", "n_features")
    copy = SimpleNamespace(**{name: getattr(tree, name) for name in names})
    refuse_tree(copy)
    copy.threshold = copy.threshold[:-1]
    assert "differ in length" in refused(refuse_tree, copy)


def test_it_limits_itself(monkeypatch):
    limits = {}
    monkeypatch.setattr(resource, "setrlimit", lambda kind, value: limits.update({kind: value}))
    sandbox_child.limit(1000)
    assert limits[resource.RLIMIT_AS] == (1000 * 2**20, 1000 * 2**20)
    assert limits[resource.RLIMIT_CPU] == (60, 60)
    assert limits[resource.RLIMIT_CORE] == (0, 0)
    assert {resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE} <= limits.keys()
