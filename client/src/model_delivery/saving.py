"""A fitted model as the bytes of a file. The server opens skops files, and executes nothing of them."""

from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED

import skops.io

from model_delivery.errors import InvalidInput

REMEDY = "Give a fitted scikit-learn estimator or Pipeline, or the path of a .skops or .onnx file."


def save(model: Any) -> bytes:
    """Return the file of a fitted model, of a path, or of bytes as they are. Raises `InvalidInput`."""
    if isinstance(model, bytes):
        return model
    if isinstance(model, str | Path):
        return _read(Path(model))
    if not hasattr(model, "fit"):
        raise InvalidInput(f"A {type(model).__name__} is no model.", field="model", remedy=REMEDY)
    try:
        return bytes(skops.io.dumps(model, compression=ZIP_DEFLATED))
    except Exception as error:
        message = f"skops cannot save this {type(model).__name__} ({type(error).__name__})."
        raise InvalidInput(message, field="model", remedy=REMEDY) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise InvalidInput(f"The file {path} cannot be read.", field="model", remedy=REMEDY) from None
