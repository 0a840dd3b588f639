"""A number in JSON is in the range of its datatype, to the last one and not beyond."""

import json

import msgspec
import numpy as np
import pytest

from predictions.api.open_inference.tensors import (
    NUMPY,
    WHOLE,
    BadInference,
    Binary,
    InputTensor,
    to_bytes,
    values_of,
)

RANGES = {
    name: (np.iinfo if name in WHOLE else np.finfo)(kind) for name, kind in NUMPY.items() if name != "BOOL"
}


def values(datatype, *data):
    raw = msgspec.Raw(json.dumps(data).encode())
    return values_of(InputTensor("x", [len(data)], datatype, data=raw), Binary(b""))


@pytest.mark.parametrize("datatype", RANGES)
def test_the_last_numbers_are_taken_as_in_bytes(datatype):
    ends = [RANGES[datatype].min.item(), RANGES[datatype].max.item()] if datatype not in WHOLE else [
        int(RANGES[datatype].min), int(RANGES[datatype].max)
    ]  # fmt: skip
    assert values(datatype, *ends, None) == [*ends, None]
    content = to_bytes(ends, datatype)
    binary = InputTensor("x", [2], datatype, parameters={"binary_data_size": len(content)})
    assert values_of(binary, Binary(content)) == ends


@pytest.mark.parametrize(
    ("datatype", "beyond"),
    [
        *((name, int(RANGES[name].max) + 1) for name in WHOLE),
        *((name, int(RANGES[name].min) - 1) for name in WHOLE),
        *(("FP16", 70_000), ("FP16", -70_000), ("FP16", 65_505.0), ("FP16", 1e300)),
        *(("FP32", 3.5e38), ("FP32", -1e300), ("UINT64", 10**40), ("INT64", -(10**40))),
    ],
)
def test_the_next_number_is_refused(datatype, beyond):
    for data in ([beyond], [1, None, beyond], [[beyond], [1]]):
        raw = msgspec.Raw(json.dumps(data).encode())
        with pytest.raises(BadInference, match=f"^x: .*{datatype}"):
            values_of(InputTensor("x", [len(data), 1], datatype, data=raw), Binary(b""))


def test_over_http_too(client, live):
    names = ("sepallength", "sepalwidth", "petallength", "petalwidth")

    def ask(datatype, value):
        inputs = [{"name": name, "shape": [1], "datatype": datatype, "data": [value]} for name in names]
        return client.post("/v2/models/iris/infer", {"inputs": inputs}, content_type="application/json")

    assert ask("UINT64", 2**64 - 1).status_code == 200
    assert ask("FP16", 65_504).status_code == 200
    for datatype, value in (("UINT64", 2**64), ("FP16", 70_000)):
        reply = ask(datatype, value)
        assert (reply.status_code, datatype in reply.json()["error"]) == (400, True)
