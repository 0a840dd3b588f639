"""CatBoost models by the library's own format: opened in the sandbox, and served as ONNX."""

from contextlib import nullcontext

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry.compiling import compile_and_prove
from predictions.registry.converting.conversion import convert
from predictions.registry.refusals import NotCompilable
from scheduling.tests.model_files.upload_factory import as_skops
from scheduling.tests.registering.sent import make_rows
from scheduling.tests.uploads.formats.test_onnx_files import FRAME, SPEC
from scheduling.uploads import catboost_file, sandbox
from scheduling.uploads.refusals import Refused
from scheduling.uploads.sandbox import SandboxRefused

catboost = pytest.importorskip("catboost")
ROWS = make_rows()
X, Y = ROWS[["age", "price"]], ROWS["churned"]


TOWNS = np.random.default_rng(0).choice(["Köln", "", "a b", "x" * 80], len(X))
JOBS = np.random.default_rng(1).choice(["miner", "nurse", "baker"], len(X))


def saved(features=X, *, labels=Y, kind=None, **options):
    kind = kind or catboost.CatBoostClassifier
    model = kind(iterations=10, verbose=0, allow_writing_files=False, **options)
    return model.fit(features, labels)._serialize_model()


@pytest.mark.parametrize(
    "features", [X, X[["price", "age"]], X.to_numpy()], ids=["frame", "turned", "matrix"]
)
def test_it_is_served_as_onnx_with_the_same_answers(features):
    made = sandbox.examine(saved(features), spec=SPEC, frame=FRAME)
    assert (made.compiled.rung, made.compiled.parity["label_differences"]) == ("onnx_64", 0)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: saved()[:300], "catboost"),
        (lambda: b"CBM1", "catboost"),
        (lambda: b"CBM1" + b"\xff" * 1000, "catboost"),
        (lambda: saved(kind=catboost.CatBoostRegressor, labels=X["age"]), "other_kind"),
        (lambda: saved(labels=Y == "yes"), "other_labels"),
        (lambda: saved(X.assign(more=X["age"])), "other_columns"),
        (lambda: saved(X.assign(more=X["age"]).to_numpy()), "other_columns"),
        (lambda: saved(grow_policy="Lossguide"), "not_converted"),
        (lambda: saved(X.assign(age=X["age"].astype(int)), cat_features=["age"]), "catboost_open"),
        (lambda: saved(X.assign(town=TOWNS), text_features=["town"]), "catboost_texts"),
    ],
    ids=["half", "nothing", "noise", "regressor", "labels", "columns", "count", "trees", "open", "texts"],
)
def test_what_does_not_fit_is_told(make, code):
    with pytest.raises(SandboxRefused) as caught:
        sandbox.examine(make(), spec=SPEC, frame=FRAME)
    assert caught.value.code == code


def town(*more, required=True):
    categories = (*sorted(set(TOWNS.tolist())), *more)
    return FeatureSpec(name="town", kind=Kind.CATEGORY, categories=categories, required=required)


JOB = FeatureSpec(name="job", kind=Kind.CATEGORY, categories=("baker", "miner", "nurse"))
MIXED = X.assign(town=TOWNS, job=JOBS)
MIXED["answer"] = np.where((MIXED["town"] > "a") ^ (MIXED["job"] == "nurse") ^ (X["age"] > 40), "yes", "no")


def examined(names, *features, **options):
    """Of a model of categories that come in the order of `names`."""
    spec = SignatureSpec("classification", "churned", ("no", "yes"), (*SPEC.features, *features))
    options = {"cat_features": ["town", "job"], "random_seed": 1, "depth": 5} | options
    content = saved(MIXED[names], labels=MIXED["answer"], **options)
    model = catboost_file.open_catboost(content, spec)
    return compile_and_prove(model, spec, MIXED.assign(churned=MIXED["answer"]))


@pytest.mark.parametrize("names", [["age", "price", "town", "job"], ["town", "price", "job", "age"]])
@pytest.mark.parametrize(
    "options",
    [
        {"one_hot_max_size": 99},
        {"max_ctr_complexity": 1, "one_hot_max_size": 1},
        {},
        {"simple_ctr": "Buckets"},
    ],
    ids=["one hot", "counts", "combinations", "buckets"],
)
def test_categories_are_served_with_catboosts_own_answers(names, options):
    """Also those that the model has never seen: they are among the made-up rows."""
    made = examined(names, town("never seen"), JOB, **options)
    assert (made.rung, made.parity["label_differences"]) == ("onnx_64", 0)


def test_categories_pass_the_sandbox():
    spec = SignatureSpec("classification", "churned", ("no", "yes"), (*SPEC.features, town()))
    content = saved(X.assign(town=TOWNS), labels=MIXED["answer"], cat_features=["town"])
    made = sandbox.examine(content, spec=spec, frame=MIXED.assign(churned=MIXED["answer"]))
    assert (made.compiled.rung, made.compiled.parity["label_differences"]) == ("onnx_64", 0)


@pytest.mark.parametrize("options", [{}, {"one_hot_max_size": 1}], ids=["one hot", "counts"])
def test_booleans_as_categories_are_refused_where_they_arrive_as_texts(options):
    """CatBoost reads True as "1": it would know neither of both texts."""
    truths = (X["age"] > 40).astype(object)
    flag = FeatureSpec(name="flag", kind=Kind.CATEGORY, categories=("False", "True"))
    spec = SignatureSpec("classification", "churned", ("no", "yes"), (*SPEC.features, flag))
    texts = X.assign(flag=truths.astype(str), churned=MIXED["answer"])
    for values, code in ((truths, "no_category_known"), (texts["flag"], "")):
        content = saved(X.assign(flag=values), labels=MIXED["answer"], cat_features=["flag"], **options)
        with pytest.raises(SandboxRefused, match="“flag”") if code else nullcontext() as caught:
            sandbox.examine(content, spec=spec, frame=texts)
        assert caught is None or caught.value.code == code


def test_a_category_that_may_be_missing_is_refused_as_catboost_refuses_it():
    with pytest.raises(NotCompilable) as caught:
        examined(list(MIXED)[:-1], town(required=False), JOB)
    assert caught.value.code == "refuses_rows"


def test_a_pipeline_with_catboost_is_told_to_upload_catboost_alone():
    model = catboost.CatBoostClassifier(iterations=2, verbose=0, allow_writing_files=False)
    content = as_skops(make_pipeline(StandardScaler(), model).fit(X, Y))
    with pytest.raises(SandboxRefused) as caught:
        sandbox.examine(content, spec=SPEC, frame=FRAME)
    assert caught.value.code == "catboost_inside"


def test_combinations_that_are_too_many_are_told(monkeypatch):
    monkeypatch.setattr(
        "predictions.registry.converting.estimators.boosters.catboost_categories.MOST_CELLS", 1
    )
    content = saved(X.assign(town=TOWNS), labels=MIXED["answer"], cat_features=["town"], one_hot_max_size=1)
    spec = SignatureSpec("classification", "churned", ("no", "yes"), (*SPEC.features, town()))
    with pytest.raises(NotCompilable) as caught:
        convert(catboost_file.open_catboost(content, spec), spec)
    assert (caught.value.code, "max_ctr_complexity" in str(caught.value)) == ("not_converted", True)


def test_where_the_library_is_absent_the_sentence_names_it(monkeypatch):
    monkeypatch.setattr(catboost_file, "find_spec", lambda name: None)
    with pytest.raises(Refused) as caught:
        catboost_file.open_catboost(b"CBM1", SPEC)
    assert (caught.value.code, "catboost" in str(caught.value)) == ("absent_library", True)
