"""LightGBM, XGBoost and CatBoost, where they are installed: alone and as the last step of a pipeline."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from predictions.registry.compiling import compile_and_prove, load_bytes
from predictions.registry.refusals import NotCompilable
from predictions.registry.sklearn_answers import answers_of
from predictions.tests.registry.converting.conversions import compiled, spec_of, table

SMALL = {
    "lightgbm": {"n_estimators": 5, "verbose": -1, "n_jobs": 1},
    "xgboost": {"n_estimators": 5, "n_jobs": 1},
    "catboost": {"iterations": 5, "verbose": 0, "thread_count": 1, "allow_writing_files": False},
}
NAMES = {"lightgbm": "LGBM", "xgboost": "XGB", "catboost": "CatBoost"}


@pytest.mark.parametrize("in_pipeline", [False, True])
@pytest.mark.parametrize("output", ["y", "z"])
@pytest.mark.parametrize("library", SMALL)
def test_it_answers_as_the_library_does(library, output, in_pipeline):
    module = pytest.importorskip(library)
    frame = table(gaps=0.05)
    spec = spec_of(frame, output=output, gaps=True)
    if output == "y":
        frame["y"] = (frame["y"] == "yes").astype(int)  # XGBoost takes no other labels
        spec = type(spec)(spec.task, spec.output_name, (0, 1), spec.features)
    kind = "Classifier" if output == "y" else "Regressor"
    model = getattr(module, NAMES[library] + kind)(**SMALL[library])
    made = compiled(make_pipeline(StandardScaler(), model) if in_pipeline else model, frame, spec)
    assert (made.rung, made.parity["label_differences"]) == ("onnx_64", 0)


def test_lightgbm_is_given_its_columns_in_its_own_order_or_refused():
    """It looks at no names, and writes those with a blank otherwise."""
    module = pytest.importorskip("lightgbm")
    frame = table()
    spec = spec_of(frame, output="z")
    model = module.LGBMRegressor(**SMALL["lightgbm"]).fit(frame[["c.d", "a b"]], frame["z"])
    answers = compile_and_prove(model, spec, frame)
    served = load_bytes(answers.served_form, spec).predict_frame(frame)
    np.testing.assert_allclose(served.outputs, model.predict(frame[["c.d", "a b"]]), rtol=1e-6)
    model.fit(frame[["c.d", "a b"]].to_numpy(), frame["z"])
    assert compile_and_prove(model, spec, frame).parity["equal"]
    model.fit(frame[["c.d", "a b"]].rename(columns={"a b": "other"}), frame["z"])
    with pytest.raises(NotCompilable) as caught:
        compile_and_prove(model, spec, frame)
    assert caught.value.code == "other_columns"


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_a_column_that_is_no_category_any_more_is_told_with_the_remedy(library):
    """As it is where the data came as CSV."""
    module = pytest.importorskip(library)
    frame = table(texts=True).rename(columns={"a b": "ab"})
    labels = (frame["y"] == "yes").astype(int)
    how = SMALL[library] | ({"enable_categorical": True} if library == "xgboost" else {})
    model = getattr(module, NAMES[library] + "Classifier")(**how)
    spec = spec_of(frame)
    model.fit(frame[list(spec.names)].astype({"town": "category"}), labels)
    spec = type(spec)(spec.task, spec.output_name, (0, 1), spec.features)
    with pytest.raises(NotCompilable) as caught:
        answers_of(model, spec, frame)
    assert (caught.value.code, "Parquet" in str(caught.value)) == ("not_answered", True)


@pytest.mark.parametrize(
    ("library", "how"),
    [
        ("lightgbm", {"objective": "poisson"}),
        ("lightgbm", {"objective": "tweedie"}),
        ("xgboost", {"objective": "count:poisson"}),
        ("xgboost", {"num_parallel_tree": 2}),
        ("catboost", {"loss_function": "Poisson"}),
    ],
)
def test_links_and_forests(library, how):
    module = pytest.importorskip(library)
    frame = table(gaps=0.05)
    model = getattr(module, NAMES[library] + "Regressor")(**SMALL[library] | how)
    assert compiled(model, frame, spec_of(frame, output="z", gaps=True)).parity["equal"]


@pytest.mark.parametrize("library", SMALL)
def test_three_labels(library):
    module = pytest.importorskip(library)
    frame = table()
    frame["y"] = frame["a b"].rank(pct=True).mul(2.99).astype(int)
    spec = spec_of(frame)
    spec = type(spec)(spec.task, spec.output_name, (0, 1, 2), spec.features)
    model = getattr(module, NAMES[library] + "Classifier")(**SMALL[library])
    assert compiled(model, frame, spec).parity["label_differences"] == 0
