"""JSON is UTF-8, in names and values that are asked for and in those that are skipped."""

import json

import pytest

from predictions.api.open_inference.inputs import read_request
from predictions.api.open_inference.tensors import BadInference
from predictions.contract.bodies import BodyReader
from predictions.contract.fields import FeatureSpec, InvalidInput, Kind
from predictions.contract.signature import SignatureSpec

SPEC = SignatureSpec(
    task="classification", output_name="y", labels=(0, 1),
    features=(FeatureSpec(name="a", kind=Kind.FLOAT), FeatureSpec(name="t", kind=Kind.TEXT)),
)  # fmt: skip
GOOD = b'{"a": 1, "t": "x"}'
SKIPPED = {
    "a name": b'{"a": 1, "t": "x", "\xff": 2}',
    "a value": b'{"a": 1, "t": "x", "u": "\xff"}',
    "half of a pair": b'{"a": 1, "t": "x", "u": "\xed\xa0\x80"}',
    "a name deep down": b'{"a": 1, "t": "x", "u": {"\xc3": 2}}',
}
ASKED_FOR = {
    "a text": b'{"a": 1, "t": "\xff"}',
    "UTF-16": GOOD.decode().encode("utf-16"),
    "UTF-16 without a mark": GOOD.decode().encode("utf-16-le"),
    "UTF-32": GOOD.decode().encode("utf-32"),
    "Latin-1": '{"a": 1, "t": "é"}'.encode("latin-1"),
}


@pytest.mark.parametrize("body", [*SKIPPED.values(), *ASKED_FOR.values()], ids=[*SKIPPED, *ASKED_FOR])
def test_predict_refuses_a_body_that_is_no_utf8(body):
    with pytest.raises(InvalidInput) as refused:
        SPEC.parse(body)
    assert [error.field for error in refused.value.errors] == ["body"]


@pytest.mark.parametrize("body", [*SKIPPED.values(), *ASKED_FOR.values()], ids=[*SKIPPED, *ASKED_FOR])
@pytest.mark.parametrize("shape", [b"%s", b"[%s]", b'{"columns": %s}'])
def test_strict_paths_refuse_a_body_that_is_no_utf8(shape, body):
    with pytest.raises(InvalidInput) as refused:
        BodyReader(SPEC).read(shape % body, most=9)
    assert [error.field for error in refused.value.errors] == ["body"]


@pytest.mark.parametrize("body", SKIPPED.values(), ids=SKIPPED)
def test_the_open_inference_protocol_refuses_a_body_that_is_no_utf8(body):
    asked = b'{"inputs": [{"name": "a", "shape": [1], "datatype": "FP32", "data": [1]}], "unknown": %s}'
    assert read_request(asked % GOOD, None)
    with pytest.raises(BadInference, match="JSON"):
        read_request(asked % body, None)


def test_utf8_is_taken_wherever_it_stands():
    body = json.dumps({"a": 1, "t": "é", "ü": "ß"}, ensure_ascii=False).encode()
    assert SPEC.parse(body) == (1.0, "é")
    assert BodyReader(SPEC).read('{"a": 1, "t": "é"}'.encode(), most=1).rows == [(1.0, "é")]


def test_a_mark_of_utf8_before_the_body_is_left_aside():
    assert SPEC.parse(b"\xef\xbb\xbf" + GOOD) == (1.0, "x")
