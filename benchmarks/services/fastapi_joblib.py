"""The service that most people write first: FastAPI, a checked row, the joblib file.

Asynchronous on purpose: a plain `def` would be sent to a thread, which costs this rival more.
"""

import os

import joblib
import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel, PositiveFloat

app = FastAPI()
forest = joblib.load(os.environ["FOREST"])
name = os.environ["NAME"]


class Row(BaseModel):
    """One flower, in centimetres."""

    sepallength: PositiveFloat
    sepalwidth: PositiveFloat
    petallength: PositiveFloat
    petalwidth: PositiveFloat


class Answer(BaseModel):
    """The species and the model that named it."""

    species: int
    model: str


@app.post("/predict")
async def predict(row: Row) -> Answer:
    """Name the species of one flower."""
    features = np.array([[row.sepallength, row.sepalwidth, row.petallength, row.petalwidth]])
    return Answer(species=int(forest.predict(features)[0]), model=name)
