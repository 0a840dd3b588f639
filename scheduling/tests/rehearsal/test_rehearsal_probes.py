"""The requests beside the rows: what must be refused, and what is unusual."""

import json

import pytest

from conftest import iris_spec
from predictions.contract.fields import FeatureSpec, InvalidInput, Kind
from predictions.contract.signature import SignatureSpec
from scheduling.rehearsal.session import bad_requests, unusual_requests

MIXED = SignatureSpec(
    task="classification",
    output_name="kind",
    labels=(0, 1),
    features=(
        FeatureSpec(name="size", kind=Kind.FLOAT, example=1.5),
        FeatureSpec(name="count", kind=Kind.INT, required=False, example=3),
        FeatureSpec(name="colour", kind=Kind.CATEGORY, categories=("red", "blue"), example="red"),
        FeatureSpec(name="word", kind=Kind.TEXT, example="hello"),
        FeatureSpec(name="new", kind=Kind.BOOL, example=True),
    ),
)


def test_every_required_feature_has_its_bad_requests():
    bad = bad_requests(iris_spec())
    assert bad["no field at all"] == {}
    assert "petalwidth" not in bad["petalwidth missing"]
    assert bad["petalwidth of another type"]["petalwidth"] == "rubbish"
    assert len(bad) == 13


def test_each_kind_has_what_is_wrong_with_it():
    assert set(bad_requests(MIXED)) == {
        "no field at all", "size missing", "size of another type", "size not a number",
        "count of another type", "count not a number",
        "colour missing", "colour of another type", "colour of an unknown category",
        "word missing", "word of another type", "new missing", "new of another type",
    }  # fmt: skip


@pytest.mark.parametrize("spec", [iris_spec(), MIXED], ids=["iris", "mixed"])
def test_the_signature_refuses_every_bad_request_and_takes_every_unusual_one(spec):
    for body in bad_requests(spec).values():
        with pytest.raises(InvalidInput):
            spec.parse(json.dumps(body).encode())
    for body in unusual_requests(spec).values():
        assert len(spec.parse(json.dumps(body).encode())) == len(spec.features)


def test_what_is_unusual_was_perhaps_in_no_training_row():
    assert unusual_requests(iris_spec()) == {}
    unusual = unusual_requests(MIXED)
    assert set(unusual) == {"count left out", "word with an unknown text"}
    assert unusual["count left out"]["count"] is None


def test_where_nothing_is_required_an_empty_request_is_no_bad_one():
    spec = SignatureSpec(
        task="regression", output_name="y", labels=(),
        features=(FeatureSpec(name="x", kind=Kind.FLOAT, required=False, example=1.0),),
    )  # fmt: skip
    assert "no field at all" not in bad_requests(spec)


def test_of_a_wide_table_some_features_are_probed():
    features = tuple(FeatureSpec(name=f"x{i}", kind=Kind.FLOAT, example=0.0) for i in range(401))
    spec = SignatureSpec(task="regression", output_name="y", labels=(), features=features)
    assert len(bad_requests(spec)) <= 1 + 3 * 50
