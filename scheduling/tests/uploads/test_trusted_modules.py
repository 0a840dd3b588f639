"""Code of one's own in an upload: taken from packages that the operator trusts, and from nowhere else."""

import sys

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from scheduling.tests.model_files.honest_models import X, Y
from scheduling.tests.model_files.hostile_uploads import packed, part, schema_of
from scheduling.tests.model_files.upload_factory import as_skops
from scheduling.uploads.opening import open_skops
from scheduling.uploads.refusals import Refused
from scheduling.uploads.structure.container import checked_file

PACKAGE = """
import os
from os import system
from sklearn.base import BaseEstimator, TransformerMixin

class Doubled(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        self.n_features_in_ = X.shape[1]
        return self
    def transform(self, X):
        return X * 2

def halved(X):
    return X / 2
"""
TRUSTED = ("our_steps",)


@pytest.fixture
def steps(tmp_path, monkeypatch):
    """A package as an operator would install it."""
    (tmp_path / "our_steps").mkdir()
    (tmp_path / "our_steps" / "__init__.py").write_text("")
    (tmp_path / "our_steps" / "columns.py").write_text(PACKAGE)
    monkeypatch.syspath_prepend(str(tmp_path))
    import our_steps.columns

    yield our_steps.columns
    for name in ("our_steps", "our_steps.columns"):
        sys.modules.pop(name, None)


def opened(content, trusted=TRUSTED):
    return open_skops(*checked_file(content), trusted=trusted)


def refused(content, trusted=TRUSTED):
    with pytest.raises(Refused) as caught:
        opened(content, trusted)
    return caught.value


def model_of(steps):
    return make_pipeline(steps.Doubled(), FunctionTransformer(steps.halved), LogisticRegression()).fit(X, Y)


def test_a_transformer_and_a_function_of_a_trusted_package_work(steps):
    model = model_of(steps)
    again = opened(as_skops(model))
    assert np.array_equal(again.predict_proba(X), model.predict_proba(X))


def test_otherwise_the_refusal_has_the_line_to_add(steps):
    error = refused(as_skops(model_of(steps)), trusted=())
    assert error.code == "foreign_library"
    assert "our_steps.columns.Doubled" in str(error)
    assert "TRUSTED_MODULES: our_steps" in str(error)


def test_another_trusted_package_does_not_help(steps):
    assert refused(as_skops(model_of(steps)), trusted=("our",)).code == "foreign_library"


def test_what_a_notebook_defines_is_told_to_be_put_into_a_package(steps, monkeypatch):
    monkeypatch.setattr(steps.Doubled, "__module__", "__main__")
    monkeypatch.setattr(sys.modules["__main__"], "Doubled", steps.Doubled, raising=False)
    assert refused(as_skops(make_pipeline(steps.Doubled(), LogisticRegression()))).code == "own_code"


def payload(loader, module, kind, **more):
    return packed({"schema.json": schema_of(a=part(loader, kind, module, **more))})


@pytest.mark.parametrize(
    ("loader", "module", "kind", "code"),
    [
        ("FunctionNode", "our_steps.columns", "system", "disguised"),
        ("FunctionNode", "our_steps.columns", "os", "disguised"),
        ("FunctionNode", "our_steps.columns", "Doubled", "disguised"),
        ("ObjectNode", "our_steps.columns", "halved", "disguised"),
        ("ObjectNode", "our_steps.columns", "BaseEstimator", "disguised"),
        ("FunctionNode", "our_steps.columns", "nothing", "not_installed"),
        ("FunctionNode", "our_steps.absent", "nothing", "not_installed"),
        ("ListNode", "our_steps.columns", "halved", "disguised"),
        ("TypeNode", "our_steps.columns", "Doubled", "disguised"),
        ("ConstructorFromReduceNode", "our_steps.columns", "Doubled", "disguised"),
    ],
)
def test_a_trusted_package_is_no_way_to_anything_else(steps, loader, module, kind, code):
    content = part("TupleNode", "tuple", content=[]) if loader == "ConstructorFromReduceNode" else []
    more = {} if loader in ("FunctionNode", "ObjectNode", "TypeNode") else {"content": content}
    error = refused(payload(loader, module, kind, **more))
    assert (error.code, "our_steps" in str(error) or code == "unchecked_type") == (code, True), str(error)


def test_a_method_of_a_trusted_object_is_refused(steps):
    inner = part("ObjectNode", "Doubled", "our_steps.columns")
    method = {"func": "transform", "obj": inner}
    assert refused(payload("MethodNode", "our_steps.columns", "Doubled", content=method)).code


def test_this_program_is_never_trusted():
    pipeline = make_pipeline(FunctionTransformer(), LogisticRegression()).fit(X, Y)
    pipeline.steps[0][1].func = checked_file
    assert refused(as_skops(pipeline), trusted=("scheduling",)).code == "function"
