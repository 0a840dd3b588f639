"""One row has one hash, whichever file or log it comes from."""

import numpy as np
import pandas as pd
import pytest

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from scheduling.evidence.samples import hash_rows, hashes_of, twin_share, without_repeats

SPEC = SignatureSpec(
    task="classification",
    output_name="y",
    labels=(0, 1),
    features=(FeatureSpec(name="a", kind=Kind.FLOAT), FeatureSpec(name="b", kind=Kind.TEXT)),
)


def rows(**columns):
    return pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"], "y": [0, 1]} | columns)


def test_types_that_hold_the_same_values_make_no_difference():
    logged = pd.DataFrame({"a": [True, False], "b": pd.Series(["x", None], dtype="object")})
    stored = pd.DataFrame({"a": [1.0, 0.0], "b": pd.Series(["x", np.nan], dtype="str")})
    assert hash_rows(logged).tolist() == hash_rows(stored).tolist()


@pytest.mark.parametrize("a", [[0.0, -0.0], [np.nan, np.nan]])
def test_both_zeros_are_one_and_so_is_what_is_missing(a):
    assert twin_share(hash_rows(pd.DataFrame({"a": a}))) == 1.0


def test_labels_are_the_signatures_beside_an_empty_cell_or_a_text_too():
    whole = hashes_of(rows(), SPEC).with_label
    for beside in (None, "unknown"):
        mixed = pd.concat([rows(), rows(y=[beside, 1])], ignore_index=True)
        assert hashes_of(mixed, SPEC).with_label[:2].tolist() == whole.tolist()


def test_another_label_is_another_row_with_the_same_features():
    one, other = (hashes_of(rows(y=y), SPEC) for y in ([0, 1], [1, 0]))
    assert one.features.tolist() == other.features.tolist()
    assert not one.with_label.isin(other.with_label).any()


def test_a_feature_may_have_any_name():
    frame = pd.DataFrame({"self": [1.0, 1.0, 2.0], "other": ["x", "x", "y"]})
    reference = pd.DataFrame({"self": np.arange(300.0), "other": "z"})
    assert len(without_repeats(frame, reference, ["self", "other"])) == 2


def test_twins_are_all_that_are_there_more_than_once():
    assert twin_share(pd.Series([7, 7, 8, 9])) == 0.5
    assert twin_share(pd.Series([], dtype="uint64")) == 0.0
