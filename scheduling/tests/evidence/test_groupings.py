"""By what rows of an evaluation file may belong together."""

import numpy as np
import pandas as pd

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from scheduling.evidence.groupings import codes_of, groupings_of

SPEC = SignatureSpec(
    task="classification",
    output_name="late",
    labels=("no", "yes"),
    features=(
        FeatureSpec(name="hour", kind=Kind.FLOAT),
        FeatureSpec(name="origin", kind=Kind.TEXT),
        FeatureSpec(name="route", kind=Kind.TEXT),
    ),
)
N = 400


def cells(**more):
    rows = np.arange(N)
    columns = {"hour": rows % 24, "origin": rows % 3, "late": ["no", "yes"] * 200}
    columns["route"] = [f"r{i % 40}" for i in rows]
    frame = pd.DataFrame(columns | more).astype(str).astype("object")
    return frame.where(frame != "nan")


def counts(**more):
    return {name: int(groups.max()) + 1 for name, groups in groupings_of(cells(**more), SPEC).items()}


def test_a_text_feature_of_many_values_counts_and_one_of_few_or_a_number_does_not():
    assert counts() == {"route": 40}


def test_a_column_beside_the_features_counts_where_its_values_repeat():
    rows = np.arange(N)
    found = counts(customer=rows % 50, row=rows, half=rows % 2, weight=rows % 50 + 0.5)
    assert found == {"route": 40, "customer": 50}


def test_times_are_cut_into_each_span_of_which_there_are_ten():
    day = pd.Timestamp("2026-03-01") + pd.to_timedelta(np.arange(N) // 10, unit="D")
    found = counts(day=day.strftime("%Y-%m-%d"))
    assert found == {"route": 40, "day of day": 40}  # a date is one hour too
    at = (pd.Timestamp("2026-03-01T00:00") + pd.to_timedelta(np.arange(N), unit="min")).strftime(
        "%Y-%m-%dT%H:%M"
    )
    assert counts(at=at) == {"route": 40, "hour of at": 7}


def test_what_only_looks_like_a_time_does_not():
    assert counts(code=["2026-13-45"] * N, text=["2026-03-01 or so"] * N) == {"route": 40}


def test_rows_without_a_value_are_one_group():
    customer = np.where(np.arange(N) < 20, np.nan, np.arange(N) % 50)
    assert (
        counts(customer=pd.Series(customer).map(lambda v: "nan" if np.isnan(v) else str(int(v))))["customer"]
        == 51
    )


def test_codes_tell_the_same_groups_apart_in_any_part():
    rows = np.arange(N)
    at = (pd.Timestamp("2026-03-01") + pd.to_timedelta(rows, unit="h")).strftime("%Y-%m-%dT%H:%M")
    frame = cells(customer=rows % 50, at=at)
    groups = groupings_of(frame, SPEC)
    parts = [codes_of(frame.iloc[some], groups) for some in (slice(0, 130), slice(130, N))]
    for name, expected in groups.items():
        codes = np.concatenate([part[name] for part in parts])
        assert (pd.factorize(codes)[0] == expected).all(), name
    assert {"route", "customer", "day of at"} <= groups.keys()
