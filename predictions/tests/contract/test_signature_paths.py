"""The fast path and the field-by-field walk are one contract: neither takes what the other refuses."""

import random

import pytest

from predictions.contract import decoding
from predictions.contract.decoding import any_json
from predictions.contract.fields import FeatureSpec, InvalidInput, Kind
from predictions.contract.signature import SignatureSpec

LITERALS = [
    "0", "1", "-1", "2", "3", "0.5", "1.0", "-0.0", "1e2", "1E-3", "1e400", "-1e400", "1e39", "5e38", "-5e38",
    "3.4028234663852886e38", "9007199254740993", "9223372036854775807", "9223372036854775808",
    "18446744073709551616", "1" * 400, "true", "false", "null", "NaN", "Infinity", "-Infinity",
    '""', '"a"', '"A"', '"c"', '"0"', '"1"', '" 1 "', '"+1"', '"1.0"', '"0.5"', '"1e2"', '"1e400"', '"1_0"',
    '"0x10"', '"nan"', '"-nan"', '"inf"', '"Infinity"', '"true"', '"False"', '"null"', '"Null"', '"None"',
    '"1e39"', '"\\u0661"', '"\\ud800"', '"\\u00e9"', '"\\u0000"', '"\xe9"', "[]", "{}", "[1]", '{"x": 1}',
    '"2024-02-29"', '"2023-02-29"', '"2024-02-29T12:00"', '"2024-02-29 12:00:01.5"', '"2024-02-29T12:00:00Z"',
    '"2024-02-29t12:00:00.123456789+05:30"', '"2024-02-29T24:30:00"', '"0001-01-01T00:00:00+14:00"',
    '"9999-12-31"',
    "01", ".5", "1.", "+1", "tru", '"1',
]  # fmt: skip


def spec_of(*features):
    return SignatureSpec(task="classification", output_name="y", labels=(0, 1), features=features)


def feature(kind, name="x", **facts):
    return FeatureSpec(name=name, kind=Kind(kind), **facts)


def accepted_by(reader, body):
    """The row that this way of reading takes, numbers as floats; None where it refuses."""
    try:
        row = reader(body)
    except InvalidInput:
        return None
    return [float(v) if isinstance(v, int) and not isinstance(v, bool) else v for v in row]


def assert_both_ways_agree(spec, body):
    def walked(body):
        return decoding.walk_row(any_json(body), spec.features)

    assert accepted_by(spec.parse, body) == accepted_by(walked, body), body


def described(feature):
    """A short name for a parametrised test: the facts that are not the defaults."""
    plain = vars(FeatureSpec(name="x", kind=feature.kind))
    return " ".join([feature.kind, *(f"{k}={v}" for k, v in vars(feature).items() if v != plain[k])])


@pytest.mark.parametrize(
    "only",
    [
        feature("float"),
        feature("float", minimum=0, maximum=1),
        feature("float", exclusive_minimum=0, exclusive_maximum=1),
        feature("int"),
        feature("int", minimum=0, maximum=2),
        feature("int", exclusive_minimum=-0.5, exclusive_maximum=2.5),
        feature("text"),
        feature("text", required=False),
        feature("category", categories=("a", "b")),
        feature("float", required=False),
        feature("int", required=False),
        feature("category", categories=("a", "b"), required=False),
        feature("bool"),
        feature("bool", required=False),
        feature("int", minimum=0.5),
        feature("int", maximum=-0.5),
        feature("int", exclusive_minimum=-1.5, exclusive_maximum=1.5),
        feature("int", minimum=-1e300, maximum=1e300),
        feature("float", exclusive_maximum=1e39),
        feature("float", minimum=-1e39, maximum=1e300),
        feature("float", exclusive_maximum=3.4028234663852886e38),
        feature("int", minimum=1e39),
        feature("timestamp"),
        feature("timestamp", required=False),
        feature("timestamp", dtype="datetime64[us, UTC]"),
    ],
    ids=described,
)
def test_both_ways_take_the_same_values(only):
    spec = spec_of(only)
    for literal in LITERALS:
        assert_both_ways_agree(spec, f'{{"x": {literal}}}'.encode())
    assert_both_ways_agree(spec, b"{}")


@pytest.mark.parametrize(
    "body",
    [b'{"x": 1} {}', b'{"x": 1},', b'{"x": 1', b'{"x" 1}', b"{'x': 1}", b'{"x": 1, "x": "no"}',
     b'{"x": "no", "x": 1}', b' {"x" : 1} \n', b'{"x": 1, "z": [NaN, {"a": null}]}', b"\xef\xbb\xbf{}",
     b"", b"{", b"[]", b"x=1"],
)  # fmt: skip
def test_both_ways_take_the_same_bodies(body):
    assert_both_ways_agree(spec_of(feature("float")), body)


def test_both_ways_agree_on_many_drawn_bodies():
    draw = random.Random(20)
    spec = spec_of(
        feature("float", "a", exclusive_minimum=0),
        feature("int", "b", minimum=-5, maximum=5),
        feature("category", "c", categories=("a", "c", "1")),
        feature("text", "d", required=False),
    )
    taken = 0
    for _ in range(3000):
        names = draw.choices(["a", "b", "c", "d", "z"], k=draw.randint(3, 6))
        likely = {"a": ["1", "2.5"], "b": ["1", "-1"], "c": ['"a"', '"1"'], "d": ["null", '"x"'], "z": ["1"]}
        pick = [draw.choice(LITERALS if draw.random() < 0.2 else likely[name]) for name in names]
        pairs = zip(names, pick, strict=True)
        body = "{" + ", ".join(f'"{name}": {literal}' for name, literal in pairs) + "}"
        assert_both_ways_agree(spec, body.encode())
        taken += accepted_by(spec.parse, body.encode()) is not None
    assert 200 < taken < 2800  # the property says little where all are refused or none
