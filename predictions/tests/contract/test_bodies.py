"""Bodies under `/api/`: one row, many rows, columns; both ways of reading them are one contract."""

import json
import random

import pytest

from predictions.contract import decoding
from predictions.contract.bodies import BodyReader, TooManyRows
from predictions.contract.decoding import MOST_ERRORS, any_json
from predictions.contract.fields import FeatureSpec, InvalidInput, Kind
from predictions.contract.signature import SignatureSpec
from predictions.tests.contract.test_signature_paths import LITERALS


def spec_of(*features):
    return SignatureSpec(task="classification", output_name="y", labels=(0, 1), features=features)


def feature(kind, name, **facts):
    return FeatureSpec(name=name, kind=Kind(kind), **facts)


SPEC = spec_of(
    feature("float", "a", exclusive_minimum=0),
    feature("text", "d", required=False),
    feature("int", "b", minimum=-5, maximum=5),
    feature("bool", "e", required=False),
)


def asked(body, spec=SPEC, most=100):
    return BodyReader(spec).read(body if isinstance(body, bytes) else json.dumps(body).encode(), most=most)


def read(body, spec=SPEC, most=100):
    """The rows, and whether many were asked for."""
    found = asked(body, spec, most)
    return list(found.rows), found.many


def errors_of(body, spec=SPEC):
    with pytest.raises(InvalidInput) as refused:
        read(body, spec)
    return [error.as_dict() for error in refused.value.errors]


def test_one_row_is_an_object():
    assert read({"b": 2, "a": 1.5}) == ([(1.5, None, 2, None)], False)


def test_many_rows_are_an_array():
    rows = [{"a": 1, "b": 2, "d": "x", "e": True}, {"b": 3, "a": 2, "e": None}]
    assert read(rows) == ([(1.0, "x", 2, True), (2.0, None, 3, None)], True)
    assert read([rows[0]]) == ([(1.0, "x", 2, True)], True)
    assert read(b" \n" + json.dumps(rows).encode()) == read(rows)


def test_columns_are_an_object_in_an_object():
    table = {"columns": {"b": [2, 3], "a": [1, 2.5], "d": ["x", None]}}
    assert read(table) == ([(1.0, "x", 2, None), (2.5, None, 3, None)], True)


def test_the_body_of_many_rows_is_kept_where_the_typed_decode_would_read_it_again():
    many, table = [{"a": 1, "b": 2}], {"columns": {"a": [1], "b": [2]}}
    for body in (many, table):
        assert asked(body).body == json.dumps(body).encode()
    assert asked(many[0]).body is None
    assert asked([{"a": 1, "b": 2.0}]).body is None  # a whole number only to the eye


def test_a_feature_named_columns_is_not_mistaken_for_columns():
    spec = spec_of(feature("text", "columns"))
    assert read({"columns": "x"}, spec) == ([("x",)], False)
    assert read({"columns": {"columns": ["x", "y"]}}, spec) == ([("x",), ("y",)], True)
    assert errors_of({"columns": ["x"]}, spec) == [
        {"field": "columns", "message": "Input should be a valid string"}
    ]


def test_unknown_fields_and_numbers_in_strings_are_refused_and_named():
    assert errors_of({"a": "1", "b": 2, "z": 1}) == [
        {"field": "z", "message": "Unknown field"},
        {"field": "a", "message": "Input should be a valid number"},
    ]


def test_errors_name_row_and_field():
    assert errors_of([{"a": 1, "b": 2}, {"a": 0, "b": 9}, 7]) == [
        {"row": 1, "field": "a", "message": "Input should be greater than 0"},
        {"row": 1, "field": "b", "message": "Input should be less than or equal to 5"},
        {"row": 2, "field": "body", "message": "Input should be a JSON object"},
    ]
    with pytest.raises(InvalidInput, match=r"^rows\[1\]\.a: Input should be greater than 0; rows\[1\]\.b: "):
        read([{"a": 1, "b": 2}, {"a": 0, "b": 9}])


@pytest.mark.parametrize(
    ("columns", "field"),
    [({}, "columns"), ({"a": [1], "b": [1], "z": [1]}, "z"), ({"a": [1, 2], "b": [1]}, "b"),
     ({"a": [1], "b": 1}, "b"), ({"b": [1]}, "a"), ({"a": [1], "b": [1], "d": [5]}, "d")],
)  # fmt: skip
def test_what_is_wrong_with_columns_is_named(columns, field):
    assert [error["field"] for error in errors_of({"columns": columns})] == [field]


def test_a_bad_value_in_a_column_is_named_with_its_row():
    assert errors_of({"columns": {"a": [1, 2, -1], "b": [1, 2, 3]}}) == [
        {"row": 2, "field": "a", "message": "Input should be greater than 0"}
    ]


@pytest.mark.parametrize(
    "body",
    [b"", b"rubbish", b"5", b'"text"', b"null", b"[]", b'{"columns": {"a": [], "b": []}}', b"[" * 100_000,
     b'{"columns":' * 100_000, b"\xff", b'[{"a": 1, "b": 1}', b'[{"a": 1, "b": 1}] 5'],
)  # fmt: skip
def test_what_is_no_rows_names_the_body(body):
    assert [error["field"] for error in errors_of(body)] == ["body"]


def test_a_bounded_number_of_errors_is_listed():
    errors = errors_of([{}] * (MOST_ERRORS - 1))
    assert len(errors) == MOST_ERRORS
    with pytest.raises(InvalidInput) as refused:
        read([{}] * 99)
    assert len(str(refused.value)) < 1000


def test_a_made_up_name_is_echoed_short_and_as_text_that_can_be_written():
    [error] = errors_of(b'{"a": 1, "b": 1, "' + b"\\ud800" * 500 + b'": 1}')
    assert error["field"] == "?" * 100


@pytest.mark.parametrize(
    "body",
    [
        [{"a": 1, "b": 1}] * 4,
        [{}] * 4,
        {"columns": {"a": [1] * 4, "b": [1] * 4}},
        {"columns": {"a": [0] * 4}},
    ],
)
def test_too_many_rows_are_refused_before_their_values_are_looked_at(body):
    with pytest.raises(TooManyRows, match=r"\b4\b.*\b3\b"):
        read(body, most=3)


def literally(rows):
    """JSON of rows whose values are JSON already."""
    return "[" + ", ".join("{" + ", ".join(f'"{k}": {v}' for k, v in row.items()) + "}" for row in rows) + "]"


def taken_by_walk(body):
    try:
        given = any_json(body)
        return decoding.walk_rows(given, SPEC.features) or None
    except InvalidInput:
        return None


def taken_by_decode(body):
    asked = BodyReader(SPEC)._decode(body)
    return asked and list(asked.rows)


def drawn_row(draw):
    likely = {"a": ["1", "2.5"], "b": ["1", "-1"], "d": ["null", '"x"'], "e": ["true", "null"], "z": ["1"]}
    names = draw.sample(draw.choice(["abde", "abde", "abde", "abdez"]), k=4)
    return {name: draw.choice(LITERALS if draw.random() < 0.04 else likely[name]) for name in names}


def test_what_the_decode_takes_the_walk_takes_alike_and_what_it_refuses_is_named():
    draw = random.Random(9)
    decoded = walked = 0
    for _ in range(3000):
        body = literally([drawn_row(draw) for _ in range(draw.randint(1, 3))]).encode()
        fast, slow = taken_by_decode(body), taken_by_walk(body)
        decoded, walked = decoded + bool(fast), walked + bool(slow)
        assert not fast or fast == slow, body
        if slow:
            assert list(asked(body).rows) == slow
        else:
            assert errors_of(body)
    assert 300 < decoded <= walked < 2700  # the property says little where all are taken or none
