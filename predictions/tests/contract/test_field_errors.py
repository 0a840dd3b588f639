"""What is wrong with one field, in words that clients know."""

import json

import pytest

from predictions.contract.fields import FeatureSpec, FieldError, InvalidInput, Kind, check_field


def test_a_field_error_is_two_strings_on_the_wire():
    error = FieldError(field="age", message="Field required")
    assert json.loads(json.dumps(error.as_dict())) == {"field": "age", "message": "Field required"}


def test_an_error_of_the_whole_body_is_named_so():
    error = InvalidInput.of_body("Input should be valid JSON")
    assert [e.field for e in error.errors] == ["body"]
    assert str(error) == "body: Input should be valid JSON"


@pytest.mark.parametrize("text", ["1_0", "٣", "０", "0x10", "1e", "--1", "1 2", "1,5", "", " ", "\x00", "⅓"])
def test_only_plain_decimal_text_is_a_number(text):
    value, problem = check_field(FeatureSpec(name="x", kind=Kind.FLOAT), text)
    assert (value, problem) == (None, "Input should be a valid number")


@pytest.mark.parametrize(
    ("text", "number"), [("+1", 1), ("-1.5", -1.5), (".5", 0.5), ("1.", 1), ("1E2", 100)]
)
def test_decimal_text_of_any_shape_is_a_number(text, number):
    assert check_field(FeatureSpec(name="x", kind=Kind.FLOAT), text) == (number, "")


@pytest.mark.parametrize(
    ("bound", "shown"),
    [(0.0, "0"), (2.5, "2.5"), (-1.0, "-1"), (1e6, "1000000"), (0.001, "0.001"), (1e300, "1e+300")],
)
def test_a_bound_is_shown_without_needless_digits(bound, shown):
    feature = FeatureSpec(name="x", kind=Kind.FLOAT, maximum=bound)
    assert check_field(feature, 1.7e308)[1] == f"Input should be less than or equal to {shown}"


def test_a_bound_is_shown_exactly():
    feature = FeatureSpec(name="x", kind=Kind.INT, maximum=1234567)
    assert check_field(feature, 1234568)[1] == "Input should be less than or equal to 1234567"


def test_the_nearest_bound_speaks_before_the_limit_of_float32():
    feature = FeatureSpec(name="x", kind=Kind.FLOAT, maximum=10)
    assert check_field(feature, 1e300)[1] == "Input should be less than or equal to 10"
