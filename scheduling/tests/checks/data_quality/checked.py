"""The fixture's sets with something wrong in them, and what the check tells of it."""

import pytest

from conftest import iris_spec
from predictions.contract.signature import SignatureSpec
from scheduling.checks.data_quality import DataQuality
from scheduling.tests.evidence_factory import ask, make_evidence, read_csv

LIMITS = {
    "max_missing_share": 0.0, "min_class_balance": 0.1, "min_constant_probability": 0.001,
    "range_tolerance": 0.5, "max_duplicate_share": 0.1, "max_contradicting_share": 0.05,
}  # fmt: skip
CLEAN = {"missing_share": 0.0, "smallest_class_share": pytest.approx(1 / 3), "contradicting_rows": 0}


def run(forests, change=lambda frame: None, *, check=None, **changes):
    frame = read_csv("evaluation")
    changed = change(frame)
    frame = frame if changed is None else changed
    return ask(check or DataQuality(), make_evidence(forests, **{"frame": frame} | changes))


def put(column, rows, value):
    def change(frame):
        frame.loc[rows, column] = value

    return change


def found(outcome):
    """What is told of, in order: set, column, and in how many rows."""
    return [(one["dataset"], one["column"], one["count"]) for one in outcome.details["findings"]]


def shown(outcome):
    """The rows and values of the first thing that is told of."""
    return outcome.details["findings"][0]["examples"]


def keep_of_last_class(frame, *, rows):
    """All rows of the other classes, and some of this one."""
    last = frame[frame["species"] == 2].index
    return frame.drop(last[rows:])


def spec_with(feature):
    """The signature of the fixture with another feature of this name."""
    spec = iris_spec()
    features = tuple(feature if one.name == feature.name else one for one in spec.features)
    return SignatureSpec(task=spec.task, output_name=spec.output_name, labels=spec.labels, features=features)
