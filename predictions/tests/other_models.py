"""Models that are no forest on four numbers: text with gaps, truth values, and a regression."""

from dataclasses import replace

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.models import Feature, RegisteredModel, Signature
from predictions.registry.compiling import compile_and_prove
from predictions.registry.registration import register_files
from predictions.serving.follower import Follower
from predictions.tests.factories import make_live

AGE = FeatureSpec(name="age", kind=Kind.INT, minimum=0, example=30)
TOWN = FeatureSpec(name="town", kind=Kind.TEXT, example="Rome", required=False)
INCOME = FeatureSpec(name="income", kind=Kind.FLOAT, example=1.5, required=False)
EARNED = replace(INCOME, required=True)  # for a model that does not fill gaps
MEMBER = FeatureSpec(name="member", kind=Kind.BOOL, example=True)
DEBT = FeatureSpec(name="debt", kind=Kind.FLOAT, exclusive_minimum=0, example=2.5)


def signature(task, output_name, labels, *features):
    return SignatureSpec(task=task, output_name=output_name, labels=labels, features=features)


JOINED = FeatureSpec(
    name="joined", kind=Kind.TIMESTAMP, dtype="datetime64[us, UTC]", example="2024-01-01T10:00:00Z"
)
HOME = FeatureSpec(
    name="home.town [x]", kind=Kind.CATEGORY, categories=("Lima", "Oslo", "Rome"), example="Rome"
)
MIXED = signature("classification", "buys", ("no", "yes"), AGE, TOWN, INCOME)
NUMBERS = signature("regression", "spends", (), AGE, MEMBER, DEBT)


def people():
    """120 people: who buys depends on town and age, and what they spend on age, membership and debt."""
    draw = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "age": draw.integers(18, 80, 120).astype(float),
            "town": pd.Series(draw.choice(["Rome", "Oslo", "Lima"], 120), dtype="object"),
            "income": draw.random(120),
            "member": draw.integers(0, 2, 120).astype(float),
            "debt": 0.5 + draw.random(120),
        }
    )
    frame["joined"] = np.arange(120) * 86400 + 0.5  # seconds since 1970
    frame["buys"] = np.where((frame["town"] == "Rome") & (frame["age"] > 40), "yes", "no")
    frame["spends"] = 2 * frame["age"] + 10 * frame["member"] + 2 * frame["debt"]
    return frame


def pipeline(estimator):
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    columns = make_column_transformer(
        (numbers, ["age", "income"]), (OneHotEncoder(handle_unknown="ignore"), ["town"])
    )
    return make_pipeline(columns, estimator)


def fitted(estimator, frame, spec):
    return estimator.fit(frame[[feature.name for feature in spec.features]], frame[spec.output_name])


def buyers():
    """`buyers` is live and loaded: labels in words, from a whole number, a text and a number with gaps."""
    return live("buyers", MIXED, fitted(pipeline(LogisticRegression()), people(), MIXED))


def spending():
    """`spending` is live and loaded: a number, from a whole number, a truth value and a number."""
    return live("spending", NUMBERS, fitted(LinearRegression(), people(), NUMBERS))


def live(name, spec, estimator, frame=None):
    """Register a model with this contract, make its first version live, and load it."""
    model = RegisteredModel.objects.create(name=name, title=name.title(), public=True)
    signature = Signature.objects.create(
        registered_model=model, number=1, task=spec.task, output_name=spec.output_name, labels=spec.labels
    )
    for position, feature in enumerate(spec.features):
        columns = vars(feature) | {"categories": list(feature.categories)}
        Feature.objects.create(signature=signature, position=position, **columns)
    version = registered(signature, name, estimator, frame)
    make_live(version)
    Follower().step()
    return version


def registered(signature, name, estimator, frame=None):
    """Register a version that is proved on `frame`, or on the people."""
    compiled = compile_and_prove(estimator, signature.spec(), people() if frame is None else frame)
    return register_files(
        artefact=name.encode(), filename=f"{name}.joblib", name=name, signature=signature,
        compiled=compiled, source="fixture", created_by="a test",
    )  # fmt: skip
