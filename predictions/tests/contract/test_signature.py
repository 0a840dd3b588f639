"""From the bytes of a request to one row, or to every field that is wrong."""

import json

import pytest

from predictions.contract.fields import FeatureSpec, InvalidInput, Kind
from predictions.contract.signature import SignatureSpec


def signature(*features):
    return SignatureSpec(task="classification", output_name="y", labels=(0, 1), features=features)


def feature(kind="float", name="x", **facts):
    return FeatureSpec(name=name, kind=Kind(kind), **facts)


def parse(spec, **given):
    return spec.parse(json.dumps(given).encode())


def errors_of(spec, body):
    with pytest.raises(InvalidInput) as refused:
        spec.parse(body if isinstance(body, bytes) else json.dumps(body).encode())
    return {error.field: error.message for error in refused.value.errors}


MIXED = signature(
    feature("float", "income", exclusive_minimum=0),
    feature("int", "age", minimum=0, maximum=120),
    feature("category", "town", categories=("Rome", "Oslo")),
    feature("text", "note", required=False),
    feature("bool", "member"),
    feature("float", "debt", required=False),
)
GOOD = {"income": 1.5, "age": 40, "town": "Rome", "note": "hi", "member": True, "debt": 0}


@pytest.mark.parametrize(
    ("kind", "given", "taken"),
    [
        ("float", 1, 1.0), ("float", -1.5, -1.5), ("float", "2.5", 2.5), ("float", " 2 ", 2.0),
        ("float", 3.4028234663852886e38, 3.4028234663852886e38), ("int", 2**53, 2**53),
        ("int", -(2**53), -(2**53)),
        ("int", 3, 3), ("int", 3.0, 3), ("int", "3", 3), ("int", " 3.0 ", 3), ("int", -2, -2),
        ("text", "a", "a"), ("text", "", ""), ("text", "é", "é"), ("text", "5", "5"),
        ("bool", True, True), ("bool", False, False),
    ],
)  # fmt: skip
def test_it_takes(kind, given, taken):
    assert parse(signature(feature(kind)), x=given) == (taken,)


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("float", None, "Input should be a valid number"),
        ("float", "x", "Input should be a valid number"),
        ("float", True, "Input should be a valid number"),
        (
            "int",
            2**53 + 1,
            "Input should be an integer between -2^53 and 2^53: beyond, doubles are not exact",
        ),
        (
            "int",
            "-9007199254740993",
            "Input should be an integer between -2^53 and 2^53: beyond, doubles are not exact",
        ),
        ("float", 10**400, "Input should be a finite number"),
        ("float", "inf", "Input should be a finite number"),
        ("float", "nan", "Input should be a finite number"),
        ("int", None, "Input should be a valid integer"),
        ("int", "x", "Input should be a valid integer"),
        ("int", False, "Input should be a valid integer"),
        ("int", 1.5, "Input should be a valid integer, got a number with a fractional part"),
        ("int", "1.5", "Input should be a valid integer, got a number with a fractional part"),
        ("text", None, "Input should be a valid string"),
        ("text", 5, "Input should be a valid string"),
        ("text", True, "Input should be a valid string"),
        ("text", "\ud800", "Input should be a valid string"),
        ("bool", None, "Input should be a valid boolean"),
        ("bool", "yes", "Input should be a valid boolean"),
        ("bool", 2, "Input should be a valid boolean"),
        ("bool", [], "Input should be a valid boolean"),
    ],
)
def test_it_says_what_it_expected(kind, given, message):
    assert errors_of(signature(feature(kind)), {"x": given}) == {"x": message}


@pytest.mark.parametrize(
    ("bound", "good", "bad", "message"),
    [
        ("minimum", 2, 1.9, "Input should be greater than or equal to 2"),
        ("exclusive_minimum", 2.1, 2, "Input should be greater than 2"),
        ("maximum", 2, 2.1, "Input should be less than or equal to 2"),
        ("exclusive_maximum", 1.9, 2, "Input should be less than 2"),
    ],
)
def test_each_bound_is_held_and_named(bound, good, bad, message):
    spec = signature(feature("float", **{bound: 2.0}))
    assert parse(spec, x=good) == (good,)
    assert errors_of(spec, {"x": bad}) == errors_of(spec, {"x": str(bad)}) == {"x": message}


def test_bounds_of_an_integer_are_held_and_named():
    spec = signature(feature("int", minimum=1, exclusive_maximum=3))
    assert [parse(spec, x=x) for x in (1, 2)] == [(1,), (2,)]
    assert errors_of(spec, {"x": 0}) == {"x": "Input should be greater than or equal to 1"}
    assert errors_of(spec, {"x": 3}) == {"x": "Input should be less than 3"}


def test_only_the_categories_are_taken_and_all_are_named():
    spec = signature(feature("category", categories=("Rome", "Oslo")))
    assert parse(spec, x="Oslo") == ("Oslo",)
    for other in ("oslo", "Paris", ""):
        assert errors_of(spec, {"x": other}) == {"x": "Input should be one of: Rome, Oslo"}


def test_what_is_optional_may_be_absent_or_null():
    spec = signature(*(feature(kind, kind, required=False) for kind in ("float", "int", "text", "bool")))
    assert parse(spec) == parse(spec, float=None, int=None, text=None, bool=None) == (None,) * 4


def test_what_is_required_may_be_neither():
    spec = signature(feature("text"))
    assert errors_of(spec, {}) == {"x": "Field required"}
    assert errors_of(spec, {"x": None}) == {"x": "Input should be a valid string"}


def test_a_row_comes_in_the_order_of_the_features_whatever_the_order_in_the_body():
    backwards = dict(reversed(GOOD.items()))
    assert parse(MIXED, **backwards) == (1.5, 40, "Rome", "hi", True, 0)
    assert parse(MIXED, **backwards, unknown={"deep": [1]}) == (1.5, 40, "Rome", "hi", True, 0)


def test_every_bad_field_is_listed_in_the_order_of_the_features():
    bad = {"debt": "a lot", "member": "no", "town": "Paris", "age": 121}
    assert list(errors_of(MIXED, bad).items()) == [
        ("income", "Field required"),
        ("age", "Input should be less than or equal to 120"),
        ("town", "Input should be one of: Rome, Oslo"),
        ("member", "Input should be a valid boolean"),
        ("debt", "Input should be a valid number"),
    ]


def test_the_error_reads_as_one_sentence_for_each_field():
    with pytest.raises(InvalidInput, match=r"^income: Field required; age: Field required; "):
        MIXED.parse(b"{}")


def test_its_example_is_a_request_that_it_takes():
    spec = signature(feature("int", example=3), feature("text", "town", example="Rome"))
    assert parse(spec, **spec.example) == (3, "Rome")
