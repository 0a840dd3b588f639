"""Timestamps in requests: ISO 8601 with a zone or without one, exact to the microsecond."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from predictions.contract.fields import FeatureSpec, InvalidInput, Kind
from predictions.contract.moments import Moment, ZonedMoment, written
from predictions.contract.signature import SignatureSpec

TIMES = st.datetimes(datetime(1700, 1, 1), datetime(2242, 1, 1) - timedelta(microseconds=1))


def spec_of(dtype="", required=True):
    feature = FeatureSpec(name="at", kind=Kind.TIMESTAMP, dtype=dtype, required=required)
    return SignatureSpec("regression", "y", (), (feature,))


@given(TIMES)
def test_a_time_goes_there_and_back(moment):
    text = moment.isoformat()
    assert datetime.fromisoformat(str(Moment.read(text))) == moment
    assert Moment.read(text) == moment.replace(tzinfo=UTC).timestamp()
    assert written(Moment.read(text)) == str(Moment.read(text))


@given(
    TIMES,
    st.sampled_from(
        ["datetime64[us]", "datetime64[ns]", "datetime64[us, UTC]", "datetime64[ns, Asia/Tokyo]"]
    ),
)
def test_a_model_is_given_what_the_request_says(moment, dtype):
    spec = spec_of(dtype)
    text = moment.isoformat() + ("Z" if "," in dtype else "")
    (row,) = [spec.parse(f'{{"at": "{text}"}}'.encode())]
    given_to_model = spec.given(pd.DataFrame({"at": [float(row[0])]}))["at"]
    assert str(given_to_model.dtype) == dtype
    assert given_to_model[0] == pd.Timestamp(text)
    assert spec.rows_of(pd.DataFrame({"at": [float(row[0])]})) == [row]


@pytest.mark.parametrize(
    "text", ["2024-02-29", "2024-02-29T10:00", "2024-02-29 10:00:00", "2024-02-29T10:00:00.123456"]
)
def test_a_feature_without_a_zone_takes_times_without_one(text):
    (value,) = spec_of().parse(f'{{"at": "{text}"}}'.encode())
    assert (type(value), value) == (Moment, datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
    with pytest.raises(InvalidInput):
        spec_of("datetime64[us, UTC]").parse(f'{{"at": "{text}"}}'.encode())


@pytest.mark.parametrize(
    "text", ["2024-02-29T10:00Z", "2024-02-29T12:00:00+02:00", "2024-02-29t05:00:00-0500"]
)
def test_a_feature_with_a_zone_needs_one(text):
    (value,) = spec_of("datetime64[us, UTC]").parse(f'{{"at": "{text}"}}'.encode())
    assert (type(value), str(value)) == (ZonedMoment, "2024-02-29T10:00:00Z")
    with pytest.raises(InvalidInput):
        spec_of().parse(f'{{"at": "{text}"}}'.encode())


@pytest.mark.parametrize(
    "given",
    [
        '"2023-02-29"',
        '"29.02.2024"',
        "1709200000",
        "null",
        "true",
        '"9999-01-01"',
        '"2024-01-01T25:00"',
        '""',
    ],
)
def test_what_is_no_time_is_refused_by_name(given):
    with pytest.raises(InvalidInput) as refused:
        spec_of().parse(f'{{"at": {given}}}'.encode())
    assert [error.field for error in refused.value.errors] == ["at"]


def test_a_gap_is_none():
    spec = spec_of(required=False)
    assert spec.parse(b'{"at": null}') == spec.parse(b"{}") == (None,)
    assert spec.given(pd.DataFrame({"at": [float("nan")]}))["at"].isna().all()
