"""A name that comes twice in one object is refused by name, in every shape, and nothing else is."""

import json

import pytest

from predictions.api.open_inference.inputs import read_request
from predictions.api.open_inference.tensors import BadInference
from predictions.contract.bodies import BodyReader
from predictions.contract.fields import FeatureSpec, InvalidInput, Kind
from predictions.contract.signature import SignatureSpec

SPEC = SignatureSpec(
    task="classification", output_name="y", labels=(0, 1),
    features=(
        FeatureSpec(name="a", kind=Kind.FLOAT),
        FeatureSpec(name="gap", kind=Kind.FLOAT, required=False),
        FeatureSpec(name="text", kind=Kind.TEXT, required=False),
        FeatureSpec(name="when", kind=Kind.TIMESTAMP, required=False),
    ),
)  # fmt: skip
TWICE = {
    '{"a": 1, "a": 2}': "a",
    '{"a": 1, "a": 1}': "a",
    r'{"a": 1, "\u0061": 2}': "a",
    '{"a": 1, "gap": null, "gap": 2}': "gap",
    '{"a": 1, "text": "x", "text": null}': "text",
    '{"a": 1, "text": null, "when": "2024-01-01", "text": "x"}': "text",
    '{"a": "no", "a": 1}': "a",
}
ONCE = [
    {"a": 1}, {"a": 1, "gap": None}, {"a": 1, "text": '"', "when": None}, {"a": 1, "text": "a"},
    {"a": 1, "gap": 2, "text": "x", "when": "2024-01-01T00:00:00"},
]  # fmt: skip


def fields_of(read, body):
    with pytest.raises(InvalidInput) as refused:
        read(body.encode())
    return [error.field for error in refused.value.errors]


def strict(body):
    return list(BodyReader(SPEC).read(body, most=99).rows)


@pytest.mark.parametrize(("body", "name"), TWICE.items())
def test_one_row_is_refused_by_the_name_that_comes_twice(body, name):
    assert fields_of(SPEC.parse, body) == fields_of(strict, body) == [name]


@pytest.mark.parametrize(("body", "name"), TWICE.items())
def test_of_many_rows_one_is_enough(body, name):
    assert fields_of(strict, f'[{{"a": 1}}, {body}, {{"a": 1, "text": "x"}}]') == [name]


def test_ignored_names_come_once_too():
    assert fields_of(SPEC.parse, '{"a": 1, "z": 1, "z": 2}') == ["z"]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ('{"columns": {"a": [1], "a": [2]}}', "a"),
        ('{"columns": {"a": [1], "text": [null], "text": ["x"]}}', "text"),
        ('{"columns": {"a": [1]}, "columns": {"a": [2]}}', "columns"),
    ],
)
def test_a_table_has_each_column_once(body, name):
    assert fields_of(strict, body) == [name]


def test_what_comes_once_is_taken():
    rows = [SPEC.parse(json.dumps(row).encode()) for row in ONCE]
    assert strict(json.dumps(ONCE).encode()) == rows
    assert [strict(json.dumps(row).encode())[0] for row in ONCE] == rows
    columns = {name: [row.get(name) for row in ONCE] for name in SPEC.names}
    assert strict(json.dumps({"columns": columns}).encode()) == rows


@pytest.mark.parametrize(
    "twice", ['"id": "x", "id": "y"', '"parameters": {"a": 1, "a": 2}', '"inputs": [], "id": "x"']
)
def test_the_open_inference_protocol_refuses_it_too(twice):
    tensor = '{"name": "a", "shape": [1], "datatype": "FP64", "data": [1]}'
    assert read_request(f'{{"id": "x", "inputs": [{tensor}]}}'.encode(), None)
    with pytest.raises(BadInference, match="twice"):
        read_request(f'{{{twice}, "inputs": [{tensor}]}}'.encode(), None)
    with pytest.raises(BadInference, match="twice"):
        read_request(b'{"inputs": [%s]}' % tensor.replace("}", ', "data": [2]}').encode(), None)
