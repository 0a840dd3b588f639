"""The fastest service that a user of FastAPI might write: a typed decoder, ONNX Runtime, ready bytes."""

import os
from typing import Annotated

import msgspec
import numpy as np
import onnxruntime
from fastapi import FastAPI, Request, Response

Positive = Annotated[float, msgspec.Meta(gt=0)]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(os.environ["FOREST"], options, providers=["CPUExecutionProvider"])
name = os.environ["NAME"]
app = FastAPI()


class Row(msgspec.Struct):
    """One flower, in centimetres."""

    sepallength: Positive
    sepalwidth: Positive
    petallength: Positive
    petalwidth: Positive


decode = msgspec.json.Decoder(Row).decode
encode = msgspec.json.Encoder().encode


@app.post("/predict")
async def predict(request: Request) -> Response:
    """Name the species of one flower."""
    try:
        row = decode(await request.body())
    except msgspec.MsgspecError as error:
        return Response(encode({"detail": str(error)}), status_code=422, media_type="application/json")
    features = np.array([msgspec.structs.astuple(row)], dtype=np.float64)
    label = session.run(None, {"features": features})[0].tolist()[0]
    return Response(encode({"species": label, "model": name}), media_type="application/json")
