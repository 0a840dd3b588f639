"""What stands before an estimator: nothing where all is there and a number, else a pipeline."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from conftest import iris_spec
from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry.compiling import compile_and_prove
from scheduling.training.allow_list import with_preprocessing
from scheduling.training.fitting import fit

AGE = FeatureSpec(name="age", kind=Kind.INT, example=30)
INCOME = FeatureSpec(name="income", kind=Kind.FLOAT, example=1.5, required=False)
TOWN = FeatureSpec(name="town", kind=Kind.TEXT, example="Rome", required=False)


def people(n=90):
    """A few do not tell their income or town."""
    chance = np.random.default_rng(3)
    frame = pd.DataFrame({"age": chance.integers(18, 80, n).astype(float), "income": chance.random(n)})
    frame["town"] = pd.Series(chance.choice(["Rome", "Oslo", "Lima"], n), dtype="object")
    frame["buys"] = np.where(frame["age"] > 45, "yes", "no")
    frame.loc[[4, 8], "income"] = np.nan
    frame.loc[[5, 9], "town"] = np.nan
    return frame


def test_numbers_that_are_all_there_need_nothing():
    estimator = LogisticRegression()
    assert with_preprocessing(estimator, iris_spec()) is estimator


@pytest.mark.parametrize("features", [(AGE, INCOME), (TOWN,), (AGE, INCOME, TOWN)], ids=len)
def test_text_and_missing_values_are_prepared_as_part_of_the_model_and_compile(features):
    spec = SignatureSpec(task="classification", output_name="buys", labels=("no", "yes"), features=features)
    frame = people()[[*(feature.name for feature in features), "buys"]]
    model = with_preprocessing(LogisticRegression(), spec)
    model.fit(frame.drop(columns="buys"), frame["buys"])
    parity = compile_and_prove(model, spec, frame).parity
    assert (parity["equal"], parity["rows"]) == (True, 90)


WHEN = FeatureSpec(name="when", kind=Kind.TIMESTAMP, dtype="datetime64[us]", example="2024-01-01")
PLAN = FeatureSpec(name="plan", kind=Kind.CATEGORY, categories=("a", "b"), dtype="category", example="a")


@pytest.mark.parametrize("features", [(WHEN, AGE), (WHEN, AGE, INCOME), (WHEN, PLAN, AGE), (PLAN, WHEN)])
def test_a_recipe_leaves_timestamps_out_and_takes_categories(features):
    spec = SignatureSpec(task="classification", output_name="buys", labels=("no", "yes"), features=features)
    frame = people().assign(when=np.arange(90) * 86400.0, plan=["a", "b"] * 45)
    frame.loc[3, "buys"] = None
    model = fit(with_preprocessing(LogisticRegression(), spec), frame, spec)
    parity = compile_and_prove(model, spec, frame).parity
    assert (parity["equal"], parity["rows"]) == (True, 89)
