"""Conditions and slices on timestamps: a frame has seconds, people read and write ISO 8601."""

import numpy as np
import pandas as pd
import pytest

from predictions.contract.fields import FeatureSpec, Kind
from scheduling.slices.conditions import ConditionInvalid, parse
from scheduling.slices.search import conditions_of

AT = FeatureSpec(name="at", kind=Kind.TIMESTAMP, example="2024-01-01")
ZONED = FeatureSpec(name="at", kind=Kind.TIMESTAMP, dtype="datetime64[us, UTC]", example="2024-01-01T00:00Z")
SECONDS = pd.date_range("2024-01-01", periods=100, freq="D").as_unit("s").astype("int64").astype(float)
FRAME = pd.DataFrame({"at": SECONDS})


@pytest.mark.parametrize(
    ("text", "rows"),
    [('at < "2024-01-11"', 10), ('at >= "2024-01-11T00:00:00"', 90), ("at = 2024-01-05", 1),
     ("at in 2024-01-05 | 2024-01-06", 2)],
)  # fmt: skip
def test_times_are_compared(text, rows):
    assert parse(text, [AT]).rows(FRAME).sum() == rows
    assert parse(str(parse(text, [AT])), [AT]) == parse(text, [AT])


@pytest.mark.parametrize("text", ["at < 5", "at = yesterday", 'at = "2024-01-05T00:00:00Z"'])
def test_what_is_no_time_without_a_zone_is_refused(text):
    with pytest.raises(ConditionInvalid, match="at"):
        parse(text, [AT])


@pytest.mark.parametrize("feature", [AT, ZONED])
@pytest.mark.parametrize("values", [100, 3])
def test_the_slices_that_a_search_finds_can_be_read_again(feature, values):
    frame = FRAME.iloc[np.arange(100) % values].reset_index(drop=True)
    found = list(conditions_of(frame, feature, minimum_rows=10))
    assert len(found) == (4 if values == 100 else 3)
    for condition in found:
        assert "2024-" in str(condition)
        again = parse(str(condition), [feature])
        assert (again.rows(frame) == condition.rows(frame)).all()
    assert sum(condition.rows(frame) for condition in found).tolist() == [1] * 100
