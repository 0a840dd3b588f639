"""The same forest as a BentoML service. Asynchronous for the same reason as the one of FastAPI."""

import os

import bentoml
import joblib
import numpy as np


@bentoml.service(workers=1)
class Iris:
    """One forest from its joblib file."""

    def __init__(self) -> None:
        """Load it."""
        self.forest = joblib.load(os.environ["FOREST"])
        self.name = os.environ["NAME"]

    @bentoml.api
    async def predict(
        self, sepallength: float, sepalwidth: float, petallength: float, petalwidth: float
    ) -> dict[str, int | str]:
        """Name the species of one flower."""
        features = np.array([[sepallength, sepalwidth, petallength, petalwidth]])
        return {"species": int(self.forest.predict(features)[0]), "model": self.name}
