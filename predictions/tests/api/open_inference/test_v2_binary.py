"""Binary tensors: values after the JSON of a request or of a response."""

import json
import struct

import numpy as np
import pytest

from predictions.api.open_inference.tensors import (
    NUMPY,
    BadInference,
    Binary,
    InputTensor,
    to_bytes,
    values_of,
)
from predictions.tests import other_models

HEADER = "Inference-Header-Content-Length"
MATRIX = np.array([[5.1, 3.5, 1.4, 0.2], [6.5, 3.0, 5.8, 2.2]])


def texts(*values):
    return b"".join(struct.pack("<I", len(v.encode())) + v.encode() for v in values)


def values(datatype, content, count):
    tensor = InputTensor("x", [count], datatype, parameters={"binary_data_size": len(content)})
    return values_of(tensor, Binary(content))


@pytest.mark.parametrize("datatype", [name for name in NUMPY if name != "BOOL"])
def test_numbers_of_each_datatype_go_there_and_back(datatype):
    content = to_bytes([1, 2, 100], datatype)
    assert len(content) == 3 * np.dtype(NUMPY[datatype]).itemsize
    assert values(datatype, content, 3) == [1, 2, 100]


def test_truth_values_and_texts_go_there_and_back():
    assert values("BOOL", to_bytes([True, False], "BOOL"), 2) == [True, False]
    assert to_bytes(["a", "Ösló", ""], "BYTES") == texts("a", "Ösló", "")
    assert values("BYTES", texts("a", "Ösló", ""), 3) == ["a", "Ösló", ""]


def test_nan_is_what_is_missing():
    assert values("FP32", np.array([1, np.nan], "<f4").tobytes(), 2) == [1.0, None]


@pytest.mark.parametrize(
    ("datatype", "content", "count"),
    [("FP32", b"\0" * 7, 1), ("FP32", b"\0" * 8, 1), ("BYTES", b"\1\0\0", 1), ("BYTES", b"\2\0\0\0a", 1),
     ("BYTES", b"\1\0\0\0\xff", 1), ("BYTES", texts("a"), 2), ("BF16", b"\0\0", 1)],
)  # fmt: skip
def test_bytes_that_are_not_the_tensor_are_refused(datatype, content, count):
    with pytest.raises(BadInference, match=r"^x: "):
        values(datatype, content, count)


def ask(client, inputs, binary, path="/v2/models/iris/infer", length=None, **request):
    header = json.dumps({"inputs": inputs} | request).encode()
    return client.post(
        path, header + binary, content_type="application/octet-stream",
        headers={HEADER: str(len(header) if length is None else length)},
    )  # fmt: skip


def described(name, array_or_bytes, shape, datatype):
    size = len(array_or_bytes)
    return {"name": name, "shape": shape, "datatype": datatype, "parameters": {"binary_data_size": size}}


def iris_tensor():
    return [described("features", MATRIX.tobytes(), [2, 4], "FP64")]


def binary_outputs(reply):
    """Name -> the bytes of the output."""
    assert reply.status_code == 200, reply.content
    length = int(reply[HEADER])
    header, rest = json.loads(reply.content[:length]), reply.content[length:]
    found = {}
    for output in header["outputs"]:
        size = output["parameters"]["binary_data_size"]
        found[output["name"]], rest = rest[:size], rest[size:]
    assert rest == b""
    return found


@pytest.mark.django_db
def test_values_in_bytes_are_answered_in_json_unless_bytes_are_asked_for(client, live):
    reply = ask(client, iris_tensor(), MATRIX.tobytes())
    assert reply["Content-Type"] == "application/json"
    assert reply.json()["outputs"][0]["data"] == [0, 2]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "request_of",
    [{"parameters": {"binary_data_output": True}},
     {"outputs": [{"name": n, "parameters": {"binary_data": True}} for n in ("predict", "predict_proba")]}],
)  # fmt: skip
def test_outputs_are_bytes_where_they_are_asked_for(client, live, request_of):
    reply = ask(client, iris_tensor(), MATRIX.tobytes(), **request_of)
    assert reply["Content-Type"] == "application/octet-stream"
    outputs = binary_outputs(reply)
    assert np.frombuffer(outputs["predict"], "<i8").tolist() == [0, 2]
    assert np.frombuffer(outputs["predict_proba"], "<f4").reshape(2, 3).sum(axis=1) == pytest.approx([1, 1])


@pytest.mark.django_db
def test_one_output_may_be_bytes_and_the_other_json(client, live):
    wanted = [{"name": "predict", "parameters": {"binary_data": False}}, {"name": "predict_proba"}]
    asked = {"outputs": wanted, "parameters": {"binary_data_output": True}}
    reply = ask(client, iris_tensor(), MATRIX.tobytes(), **asked)
    header = json.loads(reply.content[: int(reply[HEADER])])
    assert header["outputs"][0]["data"] == [0, 2]
    assert header["outputs"][1]["parameters"] == {"binary_data_size": 24}


@pytest.mark.django_db
def test_texts_and_numbers_are_bytes_in_the_order_of_the_inputs(client):
    other_models.buyers()
    ages, towns = np.array([50, 20], "<i4").tobytes(), texts("Rome", "Oslo")
    inputs = [described("town", towns, [2, 1], "BYTES"), described("age", ages, [2], "INT32")]
    asked = {"outputs": [{"name": "predict", "parameters": {"binary_data": True}}]}
    reply = ask(client, inputs, towns + ages, "/v2/models/buyers/infer", **asked)
    assert binary_outputs(reply) == {"predict": texts("yes", "no")}


@pytest.mark.django_db
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, -1.0, 1e39])
def test_a_bad_value_in_bytes_is_refused_and_named(client, live, bad):
    array = MATRIX.copy()
    array[1, 2] = bad
    reply = ask(client, iris_tensor(), array.tobytes())
    assert reply.status_code == 400
    assert reply.json()["error"].startswith("rows[1].petallength: Input should be ")


@pytest.mark.django_db
@pytest.mark.parametrize("binary", [b"", MATRIX.tobytes()[:-1], MATRIX.tobytes() + b"x"])
def test_too_few_bytes_or_too_many_are_refused(client, live, binary):
    assert ask(client, iris_tensor(), binary).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("length", ["", "x", "-1", "5", "99999", "9" * 400, "٣", "1.5"])
def test_a_header_length_that_is_none_is_refused(client, live, length):
    reply = ask(client, iris_tensor(), MATRIX.tobytes(), length=length)
    assert (reply.status_code, list(reply.json())) == (400, ["error"])
