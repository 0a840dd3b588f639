"""The protocol's messages as JSON schemas, for `/schema`."""

from typing import Any

from predictions.api.open_inference.tensors import DATATYPES

TEXT = {"type": "string"}


def _object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {"type": "object", "properties": required | optional, "required": list(required)}


def _list_of(items: Any, **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


DATATYPE = {"type": "string", "enum": list(DATATYPES)}
SHAPE = _list_of({"type": "integer", "minimum": 1}, minItems=1, maxItems=2)
DATA = _list_of({}, description="The values row by row, flat or nested. Leave it out if you send bytes.")
TENSOR = {"name": TEXT, "shape": SHAPE, "datatype": DATATYPE}
DESCRIBED = _object({"name": TEXT, "datatype": DATATYPE, "shape": _list_of({"type": "integer"})})
PARAMETERS = {"parameters": {"type": "object", "additionalProperties": {}}}
INFER_REQUEST = _object(
    {"inputs": _list_of(_object(TENSOR, data=DATA, **PARAMETERS), minItems=1)},
    id=TEXT,
    outputs=_list_of(_object({"name": TEXT}, **PARAMETERS)),
    **PARAMETERS,
)
INFER_RESPONSE = _object(
    {
        "model_name": TEXT,
        "model_version": TEXT,
        "parameters": _object({"prediction_ids": TEXT}),
        "outputs": _list_of(_object(TENSOR, data=_list_of({}), **PARAMETERS)),
    },
    id=TEXT,
)
MODEL_METADATA = _object(
    {
        "name": TEXT,
        "versions": _list_of(TEXT),
        "platform": TEXT,
        "inputs": _list_of(DESCRIBED),
        "outputs": _list_of(DESCRIBED),
        "properties": {"type": "object", "additionalProperties": TEXT},
    }
)
MODEL_READY = _object({"name": TEXT, "ready": {"type": "boolean"}})
SERVER_METADATA = _object({"name": TEXT, "version": TEXT, "extensions": _list_of(TEXT)})
LIVE = _object({"live": {"type": "boolean"}})
READY = _object({"ready": {"type": "boolean"}})
NOT_READY = _object({"ready": {"type": "boolean"}, "error": TEXT})
