"""One row of the Iris data as a diligent user would answer it: a typed decoder, ONNX Runtime, ready bytes."""

import os
from typing import Annotated

import msgspec
import numpy as np
import onnxruntime

Positive = Annotated[float, msgspec.Meta(gt=0)]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(os.environ["FOREST"], options, providers=["CPUExecutionProvider"])
name = os.environ["NAME"]


class Row(msgspec.Struct):
    """One flower, in centimetres."""

    sepallength: Positive
    sepalwidth: Positive
    petallength: Positive
    petalwidth: Positive


decode = msgspec.json.Decoder(Row).decode
encode = msgspec.json.Encoder().encode


def species_of(row: Row) -> int:
    """Ask the model."""
    features = np.array([msgspec.structs.astuple(row)], dtype=np.float64)
    return int(session.run(None, {"features": features})[0].tolist()[0])


def answer(body: bytes) -> tuple[int, bytes]:
    """Return a status and an answer, rendered."""
    try:
        row = decode(body)
    except msgspec.MsgspecError as error:
        return 422, encode({"detail": str(error)})
    return 200, encode({"species": species_of(row), "model": name})
