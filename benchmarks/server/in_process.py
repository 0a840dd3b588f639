"""A batch without any server: decode, compute, encode, with the same libraries and the same model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np

from predictions.registry.loading import open_session


def batch_work(served_form: Path, features: list[str]) -> Callable[[bytes], bytes]:
    """Return a function from the body of a request (array of objects) to the labels and probabilities."""
    row = msgspec.defstruct("Row", [(name, float) for name in features])
    decode = msgspec.json.Decoder(list[row]).decode  # type: ignore[valid-type]
    encode = msgspec.json.Encoder().encode
    session = open_session(served_form.read_bytes())
    as_tuple = msgspec.structs.astuple

    def work(body: bytes) -> bytes:
        matrix = np.array([as_tuple(row) for row in decode(body)], dtype=np.float64)
        labels, probabilities = session.run(None, {"features": matrix})
        return encode({"outputs": labels.tolist(), "probabilities": probabilities.tolist()})

    return work
