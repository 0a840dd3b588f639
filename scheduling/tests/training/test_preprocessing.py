"""What stands before an estimator: nothing where that will do, else a pipeline that compiles."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from conftest import iris_spec
from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry.compiling import compile_and_prove
from scheduling.models.setup.estimators import ESTIMATORS
from scheduling.training.by_recipe import build
from scheduling.training.fitting import fit
from scheduling.training.preprocessing import with_preprocessing

AGE = FeatureSpec(name="age", kind=Kind.INT, example=30)
INCOME = FeatureSpec(name="income", kind=Kind.FLOAT, example=1.5, required=False)
TOWN = FeatureSpec(name="town", kind=Kind.TEXT, example="Rome", required=False)
STREET = FeatureSpec(name="street", kind=Kind.TEXT, example="s1")
WHEN = FeatureSpec(name="when", kind=Kind.TIMESTAMP, dtype="datetime64[us]", example="2024-01-01")
PLAN = FeatureSpec(name="plan", kind=Kind.CATEGORY, categories=("a", "b"), dtype="category", example="a")
FAMILIES = (LogisticRegression, RandomForestClassifier, HistGradientBoostingClassifier)
MIXTURES = [
    (AGE, INCOME), (TOWN,), (AGE, INCOME, TOWN), (STREET, AGE), (TOWN, STREET, INCOME), (WHEN, AGE),
    (WHEN, AGE, INCOME), (WHEN, PLAN, AGE), (PLAN, WHEN),
]  # fmt: skip


def people(n=300):
    """A few do not tell their income, town, or whether they buy."""
    chance = np.random.default_rng(3)
    frame = pd.DataFrame({"age": chance.integers(18, 80, n).astype(float), "income": chance.random(n)})
    frame["town"] = pd.Series(chance.choice(["Rome", "Oslo", "Lima"], n), dtype="object")
    frame["street"] = pd.Series([f"s{i}" for i in chance.integers(0, 80, n)], dtype="object")
    frame["when"] = chance.integers(0, 3 * 10**7, n) * 60.0
    frame["plan"] = chance.choice(["a", "b"], n).astype(object)
    frame["buys"] = np.where(frame["age"] > 45, "yes", "no")
    frame.loc[[4, 8], "income"] = np.nan
    frame.loc[[5, 9], "town"] = np.nan
    frame.loc[3, "buys"] = None
    return frame


def spec_of(features, **columns):
    labels = {"task": "classification", "output_name": "buys", "labels": ("no", "yes")} | columns
    return SignatureSpec(features=features, **labels)


def fitted(estimator, features):
    spec, frame = spec_of(features), people()
    return fit(with_preprocessing(estimator, spec, frame), frame, spec)


def encoders(model):
    """Of each text what encodes it."""
    columns = model[0].transformers_
    return {name: step for _, step, names in columns for name in names if hasattr(step, "categories_")}


@pytest.mark.parametrize("family", [RandomForestClassifier, HistGradientBoostingClassifier])
def test_trees_take_numbers_as_they_are(family):
    estimator = family()
    assert with_preprocessing(estimator, iris_spec(), None) is estimator


def test_gaps_are_histogram_boostings_own_matter():
    estimator = HistGradientBoostingClassifier()
    assert with_preprocessing(estimator, spec_of((AGE, INCOME)), None) is estimator


@pytest.mark.parametrize("features", [(AGE,), (AGE, INCOME)], ids=len)
def test_numbers_of_linear_models_have_one_scale(features):
    steps = with_preprocessing(LogisticRegression(), spec_of(features), None).named_steps
    assert ("simpleimputer" in steps) == (len(features) > 1)
    assert isinstance(steps["standardscaler"], StandardScaler)


def test_texts_become_columns_or_numbers_by_how_many_there_are():
    by_trees = encoders(fitted(RandomForestClassifier(3), (TOWN, STREET)))
    assert isinstance(by_trees["town"], OneHotEncoder)
    assert isinstance(by_trees["street"], OrdinalEncoder)
    linear = encoders(fitted(LogisticRegression(), (TOWN, STREET)))
    assert linear["street"].transform(people()[["town", "street"]]).shape[1] <= 50 + 4


def test_histogram_boosting_knows_its_categories():
    model = fitted(HistGradientBoostingClassifier(max_iter=3), (AGE, TOWN, STREET))
    assert model[-1].is_categorical_.tolist() == [True, True, False]


@pytest.mark.parametrize("features", MIXTURES)
@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_prepared_is_part_of_the_model_and_compiles(family, features):
    small = {"n_estimators": 5} if family is RandomForestClassifier else {"max_iter": 10}
    model = fitted(family(**small), features)
    compiled = compile_and_prove(model, spec_of(features), people())
    assert (compiled.parity["equal"], compiled.parity["rows"], compiled.rung) == (True, 299, "onnx_64")


@pytest.mark.parametrize("name", [name for name in ESTIMATORS if "Classifier" not in name])
def test_each_regressor_compiles_with_all_kinds(name):
    if name == "LogisticRegression":
        return
    features = (INCOME, TOWN, STREET, PLAN, WHEN)
    spec, frame = spec_of(features, task="regression", output_name="age", labels=()), people()
    model = fit(with_preprocessing(build(name, {}, seed=1), spec, frame), frame, spec)
    assert compile_and_prove(model, spec, frame).parity["equal"]
