"""A fitted model as the bytes of a file. The server opens skops files, and executes nothing of them.

skops keeps boosters of LightGBM and XGBoost in these libraries' own formats, which the server takes. CatBoost
has a format of its own.
"""

import json
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import skops.io

from model_delivery.errors import InvalidInput

REMEDY = "Give a fitted scikit-learn estimator or Pipeline, or the path of a .skops, .onnx or .cbm file."
ENDINGS = {b"PK": "skops", b"\x08": "onnx", b"CBM1": "cbm"}  # by the first bytes
SCHEMA = "schema.json"
NO_TIME = (1980, 1, 1, 0, 0, 0)


def save(model: Any) -> bytes:
    """Return the file of a fitted model, of a path, or of bytes as they are. Raises `InvalidInput`.

    The same model is the same file each time, so that the server knows it again; of an estimator that makes a
    part of its state as it is saved, such as KNeighbors, it may differ.
    """
    if isinstance(model, bytes):
        return model
    if isinstance(model, str | Path):
        return _read(Path(model))
    if not hasattr(model, "fit"):
        raise InvalidInput(f"A {type(model).__name__} is no model.", field="model", remedy=REMEDY)
    try:
        if type(model).__module__.partition(".")[0] == "catboost":
            return _catboost(model)
        return _canonical(skops.io.dumps(model))
    except Exception as error:
        message = f"This {type(model).__name__} cannot be saved ({type(error).__name__})."
        raise InvalidInput(message, field="model", remedy=REMEDY) from error


def filename_of(model: Any, content: bytes, name: str) -> str:
    """Return the name of the file: that of a path, or the model's with the ending of its kind."""
    if isinstance(model, str | Path):
        return Path(model).name
    ending = next((end for begin, end in ENDINGS.items() if content.startswith(begin)), "skops")
    return f"{name}.{ending}"


def _catboost(model: Any) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.cbm"
        model.save_model(str(path), format="cbm")
        return path.read_bytes()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise InvalidInput(f"The file {path} cannot be read.", field="model", remedy=REMEDY) from None


def _canonical(content: bytes) -> bytes:
    """Return the archive compressed, with numbers instead of addresses in memory, and without times."""
    with ZipFile(BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    numbers: dict[int, int] = {}
    names: dict[str, str] = {}

    def renumbered(node: dict[str, Any]) -> dict[str, Any]:
        if isinstance(node.get("__id__"), int):
            node["__id__"] = numbers.setdefault(node["__id__"], len(numbers) + 1)
        for key, value in node.items():
            if isinstance(value, str) and value in members:
                node[key] = names.setdefault(value, f"{len(names) + 1}{PurePosixPath(value).suffix}")
        return node

    schema = json.loads(members.pop(SCHEMA), object_hook=renumbered)
    files = {names.get(name, name): file for name, file in members.items()}
    if len(files) < len(members):
        return content  # a file that the schema does not name has one of the new names
    return _archive({name: files[name] for name in sorted(files)} | {SCHEMA: json.dumps(schema).encode()})


def _archive(files: dict[str, bytes]) -> bytes:
    sink = BytesIO()
    with ZipFile(sink, "w", ZIP_DEFLATED) as archive:
        for name, file in files.items():
            archive.writestr(ZipInfo(name, NO_TIME), file, ZIP_DEFLATED)
    return sink.getvalue()
