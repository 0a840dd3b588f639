"""CatBoost models by the library's own format: opened in the sandbox, and served as ONNX."""

import pytest

from scheduling.tests.registering.sent import make_rows
from scheduling.tests.uploads.test_onnx_files import FRAME, SPEC
from scheduling.uploads import catboost_file, sandbox
from scheduling.uploads.refusals import Refused
from scheduling.uploads.sandbox import SandboxRefused

catboost = pytest.importorskip("catboost")
ROWS = make_rows()
X, Y = ROWS[["age", "price"]], ROWS["churned"]


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
        (lambda: saved(X.assign(town="Ulm"), cat_features=["town"]), "catboost_texts"),
    ],
    ids=["half", "nothing", "noise", "regressor", "labels", "columns", "count", "categories"],
)
def test_what_does_not_fit_is_told(make, code):
    with pytest.raises(SandboxRefused) as caught:
        sandbox.examine(make(), spec=SPEC, frame=FRAME)
    assert caught.value.code == code


def test_where_the_library_is_absent_the_sentence_names_it(monkeypatch):
    monkeypatch.setattr(catboost_file, "find_spec", lambda name: None)
    with pytest.raises(Refused) as caught:
        catboost_file.open_catboost(b"CBM1", SPEC)
    assert (caught.value.code, "catboost" in str(caught.value)) == ("absent_library", True)
