"""Histogram boosting that was fitted on columns of the pandas type category, texts with gaps among them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry.compiling import compile_and_prove, load_bytes

CHANCE = np.random.default_rng(0)
COLUMNS = {
    "town": CHANCE.choice(["Ulm", "Köln", "Hof", "Bonn"], 600).astype(object),
    "age": CHANCE.normal(size=600).round(1),
    "plan": CHANCE.choice(["a", "b", "c"], 600).astype(object),
    "idle": CHANCE.choice(["x", "y"], 600).astype(object),
    "size": CHANCE.normal(size=600).round(1),
}
ROWS = pd.DataFrame(COLUMNS).assign(town=lambda rows: rows["town"].mask(CHANCE.random(600) < 0.1))
YES = (ROWS["town"].isin(["Ulm", "Hof"]) ^ (ROWS["plan"] == "b") ^ (ROWS["age"] > ROWS["size"])).astype(int)


def spec_of(names):
    """The signature, which lists a town that no row has."""
    features = []
    for name in names:
        known = sorted({"Rom", *ROWS[name].dropna()}) if ROWS[name].dtype.kind != "f" else []
        kind = {"kind": Kind.CATEGORY, "categories": tuple(known), "dtype": "category"} if known else {}
        features.append(FeatureSpec(name=name, required=name != "town", **{"kind": Kind.FLOAT} | kind))
    return SignatureSpec("classification", "y", (0, 1), tuple(features))


def fitted(spec, rows):
    features = spec.given(rows)
    texts = features.select_dtypes("category").columns
    features = features.assign(**{name: features[name].cat.remove_unused_categories() for name in texts})
    return HistGradientBoostingClassifier(max_iter=20).fit(features, YES)


@pytest.mark.parametrize(
    "names", [list(COLUMNS), [*COLUMNS][::-1], ["town", "plan"]], ids=["mixed", "turned", "texts alone"]
)
def test_it_is_compiled_and_answers_the_same(names):
    """A gap among the known categories has no code: it goes as unknown ones do."""
    spec = spec_of(names)
    model = fitted(spec, ROWS)
    assert compile_and_prove(model, spec, ROWS.assign(y=YES)).rung == "onnx_64"


def test_a_signature_in_another_order_changes_nothing():
    spec = spec_of(list(COLUMNS))
    turned = replace(spec, features=spec.features[::-1])
    model, rows = fitted(spec, ROWS), ROWS.assign(y=YES)
    answers = load_bytes(compile_and_prove(model, turned, rows).served_form, turned).predict_frame(rows)
    assert answers.outputs == model.predict(spec.given(ROWS)).tolist()


def test_categories_of_numbers_with_gaps():
    """The encoder keeps the gap as the last of them."""
    rows = ROWS[["age"]].assign(code=pd.Series(CHANCE.integers(0, 5, 600)).mask(CHANCE.random(600) < 0.1))
    rows["y"] = (rows["code"].isna() | (rows["code"] % 2 == 1)).astype(int)
    model = HistGradientBoostingClassifier(max_iter=20, categorical_features=["code"])
    model.fit(rows[["age", "code"]], rows["y"])
    features = tuple(FeatureSpec(name=name, kind=Kind.FLOAT, required=False) for name in ("age", "code"))
    spec = SignatureSpec("classification", "y", (0, 1), features)
    assert compile_and_prove(model, spec, rows).rung == "onnx_64"
