"""A made-up past: pasts without a database, and a model with so many months of drifting rows."""

import io

import numpy as np
import pandas as pd

from predictions.contract.answers import Answers
from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.models import Feature, RegisteredModel, Signature
from predictions.registry import datasets
from scheduling.evidence.provenance import Policy
from scheduling.models import GatePolicy, Recipe
from scheduling.simulation.past import NoAnswers, Past, Rows

POLICY = Policy(primary_metric="mae", promote_when="better", margin=0.0, least_gain=0.0)


def spec_of(labels=()):
    """One number in; a number out, or one of these labels."""
    x = FeatureSpec(name="x", kind=Kind.FLOAT, example=0.5)
    task = "classification" if labels else "regression"
    return SignatureSpec(task=task, output_name="y", labels=tuple(labels), features=(x,))


def make_past(errors, *, size=200, policy=POLICY, noise=0.2, **changes):
    """Periods whose versions err by so much: `errors[version][period]` is the mae, None where there is none.

    The truth is 0, and each row's error varies by `noise`, the same for all versions but a little.
    """
    periods = len(errors)

    def answers(version, period):
        error = errors[version][period] if version < periods else None
        if error is None:
            raise NoAnswers(f"there is no version {version}")
        chance = np.random.default_rng(100 * version + period)
        return Answers((error + noise * chance.uniform(-1, 1, size) * error).tolist())

    frame = pd.DataFrame({"x": np.zeros(size), "y": np.zeros(size)})
    made = {
        "policy": policy,
        "spec": spec_of(),
        "periods": periods,
        "rows": lambda period: Rows(frame=frame),
        "answers": answers,
    }
    return Past(**made | changes)


def make_churn(periods=9, *, rows=400, drift=0.35, seed=0, **policy):
    """A model whose world turns a little with each period: what a version learns is outdated by and by."""
    model = RegisteredModel.objects.create(name="churn", title="Churn", public=True)
    signature = Signature.objects.create(
        registered_model=model, number=1, task="classification", output_name="left", labels=[0, 1]
    )
    for place, name in enumerate(("calls", "months")):
        Feature.objects.create(signature=signature, position=place, name=name, kind="float", example=0.5)
    Recipe.objects.create(
        registered_model=model,
        estimator="LogisticRegression",
        name_template="logistic-{C}",
        parameters={"C": [0.5, 1.0, 2.0]},
    )
    GatePolicy.objects.create(registered_model=model, **policy)
    chance = np.random.default_rng(seed)
    for period in range(periods):
        for role in ("training", "evaluation"):
            register(model, role, churn_rows(chance, rows, angle=drift * period))
    return model


def churn_rows(chance, rows, *, angle):
    """Who left is a matter of a direction in the plane, which turns with `angle`."""
    x = chance.normal(size=(rows, 2)).round(4)
    score = 3 * (np.cos(angle) * x[:, 0] + np.sin(angle) * x[:, 1])
    left = (chance.uniform(size=rows) < 1 / (1 + np.exp(-score))).astype(int)
    return pd.DataFrame({"calls": x[:, 0], "months": x[:, 1], "left": left})


def register(model, role, frame):
    """Register these rows as a dataset."""
    content = io.BytesIO()
    frame.to_csv(content, index=False)
    return datasets.register(registered_model=model, role=role, content=content.getvalue())
