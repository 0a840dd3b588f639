"""The checks of the data on public data sets, and on large ones."""

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from scheduling.checks.data_quality import DataQuality
from scheduling.checks.enough_rows import EnoughRows
from scheduling.checks.leakage import Leakage
from scheduling.evidence.outcomes import Level
from scheduling.tests.evidence_factory import ask
from scheduling.tests.quality_factory import NAMES, OUTPUT, evidence_of, spec_of, split, table_of

ROWS, SECONDS = 100_000, 10.0  # of processor time; a million rows take as many seconds on an idle machine
EXPECTED = {"breast_cancer": Level.WARN, "digits": Level.WARN}  # outliers; pixels that are always white


@pytest.mark.parametrize("name", NAMES)
def test_honest_data_are_not_stopped(name):
    table, spec = table_of(name)
    evidence = evidence_of(*split(table, spec), spec)
    quality = ask(DataQuality(), evidence)
    assert quality.level is EXPECTED.get(name, Level.PASS), quality.message
    assert not any(one["fails"] for one in quality.details["findings"])
    assert ask(EnoughRows(), evidence).level is Level.PASS


def test_gaps_are_counted_column_by_column():
    table, spec = table_of("penguins")
    shares = ask(DataQuality(), evidence_of(*split(table, spec), spec)).details["missing_share"]
    assert set(shares["training"]) == {
        "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "sex",
    }  # fmt: skip


def large(rows, *, seed):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({f"x{i}": rng.normal(size=rows) for i in range(18)})
    table["city"] = pd.Series(rng.choice([f"city{i}" for i in range(500)], rows), dtype=object)
    table["code"] = pd.Series(rng.integers(0, rows, rows).astype(str), dtype=object)
    return table.assign(**{OUTPUT: (table["x0"] + rng.normal(size=rows) > 0).astype(int)})


@pytest.mark.parametrize("bounds", [{}, {"minimum": 10.0}], ids=["good", "every cell bad"])
def test_many_rows_take_seconds_however_bad_they_are(bounds):
    table = large(ROWS, seed=0)
    spec = spec_of(table)
    features = [replace(one, **bounds) if one.kind == "float" else one for one in spec.features]
    spec = replace(spec, features=tuple(features))
    evidence = evidence_of(table, large(ROWS, seed=1), spec)
    started = time.process_time()
    outcomes = [ask(check, evidence) for check in (DataQuality(), EnoughRows(), Leakage())]
    assert time.process_time() - started < SECONDS
    assert outcomes[0].level is (Level.FAIL if bounds else Level.PASS)  # of free text nothing is told
    assert all(len(one["examples"]) <= 5 for one in outcomes[0].details["findings"])
    assert len(outcomes[0].message) < 5000
