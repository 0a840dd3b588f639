"""Tables with one column to look at and a label, as the files that people bring."""

import io

import numpy as np
import pandas as pd

from predictions.registry.inference import infer
from predictions.tables.reading import read_cells

N = 400
draw = np.random.default_rng(0)
LABEL = np.where(np.arange(N) % 2 == 0, "no", "yes")


def csv(**columns):
    frame = pd.DataFrame(columns).assign(y=LABEL)
    return read_cells(frame.to_csv(index=False).encode())


def typed(**columns):
    buffer = io.BytesIO()
    pd.DataFrame(columns).assign(y=LABEL).to_parquet(buffer)
    return read_cells(buffer.getvalue())


def only(cells, **options):
    """The one feature, or the choices of the one question."""
    inferred = infer(cells, output="y", **options)
    if inferred.questions:
        return [question.choices for question in inferred.questions]
    return inferred.spec.features[0]


def gaps(values):
    return pd.Series(values).where(pd.Series(np.arange(N) % 7 > 0))


ZIPS = [f"{value:05d}" for value in draw.integers(1000, 1060, N)]
CODES = draw.integers(1, 6, N)
DAYS = pd.date_range("2024-01-01", periods=N).strftime("%Y-%m-%d")
