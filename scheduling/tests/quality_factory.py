"""Public data sets as training and evaluation rows with a signature, and evidence of them alone."""

import numpy as np
import pandas as pd
from palmerpenguins import load_penguins
from sklearn import datasets
from sklearn.model_selection import train_test_split

from predictions.contract.answers import Answers
from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset, ModelVersion, Signature
from scheduling.evidence.evidence import Evidence
from scheduling.tests.evidence_factory import POLICY, make_rehearsal

OUTPUT = "label"
NAMES = ("breast_cancer", "wine", "digits", "diabetes", "penguins")


def table_of(name):
    """All rows of one of `NAMES`, the label last, and its signature."""
    if name == "penguins":
        table = load_penguins().drop(columns="year").rename(columns={"species": OUTPUT})
        table = table[[column for column in table if column != OUTPUT] + [OUTPUT]].astype(
            dict.fromkeys(("island", "sex", OUTPUT), object)
        )
    else:
        bunch = getattr(datasets, f"load_{name}")()
        names = [str(one).replace(" ", "_") for one in bunch.feature_names]
        table = pd.DataFrame(bunch.data, columns=names).assign(**{OUTPUT: bunch.target})
    return table, spec_of(table, "regression" if name == "diabetes" else "classification")


def spec_of(table, task="classification"):
    """A signature that allows what is there: columns with gaps are not required."""
    features = tuple(
        FeatureSpec(
            name=name,
            kind=Kind.FLOAT if pd.api.types.is_numeric_dtype(table[name]) else Kind.TEXT,
            required=bool(table[name].notna().all()),
        )
        for name in table.columns[:-1]
    )
    labels = tuple(np.unique(table[OUTPUT]).tolist()) if task == "classification" else ()
    return SignatureSpec(task=task, output_name=OUTPUT, labels=labels, features=features)


def split(table, spec):
    """Training and evaluation rows, 70 to 30, stratified by label."""
    stratify = table[OUTPUT] if spec.labels else None
    parts = train_test_split(table, test_size=0.3, random_state=42, stratify=stratify)
    return tuple(part.reset_index(drop=True) for part in parts)


def evidence_of(training, evaluation, spec):
    """Evidence that the checks of the data read: no model was asked anything."""
    nothing = Answers([])
    return Evidence(
        spec=spec, candidate=ModelVersion(pk=1, signature=Signature(number=1), number=1, name="none"),
        champion=None, evaluation=Dataset(pk=1), not_comparable="", groupings={}, looks=0,
        frame=evaluation, training=training, expected=nothing, proof=None, served_answers=nothing,
        drift_samples=None, slices={}, champion_answers=None, rehearsed=make_rehearsal([]), policy=POLICY,
        api_base_url="http://127.0.0.1:9", redacted=frozenset(),
    )  # fmt: skip
