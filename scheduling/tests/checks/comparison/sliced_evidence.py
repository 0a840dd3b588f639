"""Evidence about two models on rows with features of all kinds; the candidate may be worse on a slice."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from scheduling.evidence.provenance import Policy
from scheduling.slices.conditions import parse
from scheduling.statistics.metrics.scored import Options, Scored

FEATURES = (
    FeatureSpec(name="age", kind=Kind.INT, minimum=0, maximum=120, example=30),
    FeatureSpec(name="income", kind=Kind.FLOAT, required=False, example=1.0),
    FeatureSpec(name="visits", kind=Kind.INT, example=1),
    FeatureSpec(name="country", kind=Kind.TEXT, example="DE"),
    FeatureSpec(name="plan", kind=Kind.TEXT, required=False, example="basic"),
    FeatureSpec(name="member", kind=Kind.BOOL, example=True),
)
SPEC = SignatureSpec(task="classification", output_name="y", labels=(0, 1), features=FEATURES)
ONE_CLASS = 0.9  # how often both are right where they agree


def make_frame(n, chance):
    """Rows with numbers, categories, a truth value and gaps."""
    frame = pd.DataFrame(
        {
            "age": chance.integers(18, 90, n).astype(float),
            "income": chance.lognormal(0, 1, n).round(2),
            "visits": chance.poisson(1, n).astype(float),
            "country": chance.choice(["DE", "FR", "IT", "ES", "LU"], n, p=[0.55, 0.25, 0.1, 0.07, 0.03]),
            "plan": chance.choice(["basic", "pro", "team"], n).astype(object),
            "member": chance.integers(0, 2, n).astype(float),
            "y": chance.integers(0, 2, n),
        }
    )
    frame.loc[chance.random(n) < 0.1, "income"] = np.nan
    frame.loc[chance.random(n) < 0.1, "plan"] = None
    return frame


def sliced_evidence(
    n, seed, *, metric="accuracy", differ=0.08, worse_on="", worse_by=0.0, copies=1, slices=None, **changes
):
    """Two models that differ in a share of rows, each right in half; `copies` of a row are a group.

    On the condition `worse_on` the candidate loses another share `worse_by` of the rows.
    """
    chance = np.random.default_rng(seed)
    frame = make_frame(n // copies, chance)
    slice_rows = parse(worse_on, FEATURES).rows(frame) if worse_on else np.zeros(len(frame), dtype=bool)
    pair = _labels if metric == "accuracy" else _probabilities
    champion, candidate = pair(frame["y"].to_numpy(), differ, slice_rows, worse_by, chance)
    repeated = np.repeat(np.arange(len(frame)), copies)
    evidence = {
        "spec": SPEC,
        "judged": frame.iloc[repeated].reset_index(drop=True),
        "champion": SimpleNamespace(pk=1),
        "sample_of": lambda names: ("", {}),
        "candidate": SimpleNamespace(pk=2),
        "not_comparable": "",
        "policy": Policy(primary_metric=metric),
        "scored": {"champion": _repeat(champion, repeated), "candidate": _repeat(candidate, repeated)},
        "options": Options(),
        "groups": repeated if copies > 1 else None,
        "groupings": {"row": repeated} if copies > 1 else {},
        "slices": slices or {},
        "redacted": frozenset(),
    }
    return SimpleNamespace(**(evidence | changes))


def _labels(y, differ, slice_rows, worse_by, chance):
    n = len(y)
    differs, first = chance.random(n) < differ, chance.random(n) < 0.5
    both = chance.random(n) < ONE_CLASS
    right = [np.where(differs, first, both), np.where(differs, ~first, both)]
    right[1] &= ~(slice_rows & (chance.random(n) < worse_by))
    return [Scored(y=y, predicted=np.where(r, y, 1 - y), labels=(0, 1)) for r in right]


def _probabilities(y, differ, slice_rows, worse_by, chance):
    """Probabilities that scatter alike; on the slice the candidate's are that much less."""
    scored = []
    for lost in (np.zeros(len(y)), slice_rows * worse_by):
        of_label = np.clip(chance.beta(3, 2, len(y)) - lost, 0.01, 0.99)
        probabilities = np.stack([1 - of_label, of_label], axis=1)
        probabilities[y == 0] = probabilities[y == 0, ::-1]
        scored.append(
            Scored(y=y, predicted=probabilities.argmax(1), probabilities=probabilities, labels=(0, 1))
        )
    return scored


def _repeat(scored, rows):
    probabilities = scored.probabilities
    return Scored(
        y=scored.y[rows],
        predicted=scored.predicted[rows],
        probabilities=None if probabilities is None else probabilities[rows],
        labels=scored.labels,
    )
