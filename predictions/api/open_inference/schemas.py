"""The protocol's messages as JSON schemas, for `/schema`."""

from predictions.api.open_inference.tensors import DATATYPES
from predictions.api.schemas import TEXT, WHOLE, list_of, obj

DATATYPE = {"type": "string", "enum": list(DATATYPES)}
SHAPE = list_of({"type": "integer", "minimum": 1}, minItems=1, maxItems=2)
DATA = list_of({}, description="The values row by row, flat or nested. Leave it out if you send bytes.")
TENSOR = {"name": TEXT, "shape": SHAPE, "datatype": DATATYPE}
DESCRIBED = obj({"name": TEXT, "datatype": DATATYPE, "shape": list_of(WHOLE)})
PARAMETERS = {"parameters": {"type": "object", "additionalProperties": {}}}
INFER_REQUEST = obj(
    {"inputs": list_of(obj(TENSOR, data=DATA, **PARAMETERS), minItems=1)},
    id=TEXT,
    outputs=list_of(obj({"name": TEXT}, **PARAMETERS)),
    **PARAMETERS,
)
INFER_RESPONSE = obj(
    {
        "model_name": TEXT,
        "model_version": TEXT,
        "parameters": obj({"prediction_ids": TEXT}),
        "outputs": list_of(obj(TENSOR, data=list_of({}), **PARAMETERS)),
    },
    id=TEXT,
)
MODEL_METADATA = obj(
    {
        "name": TEXT,
        "versions": list_of(TEXT),
        "platform": TEXT,
        "inputs": list_of(DESCRIBED),
        "outputs": list_of(DESCRIBED),
        "properties": {"type": "object", "additionalProperties": TEXT},
    }
)
MODEL_READY = obj({"name": TEXT, "ready": {"type": "boolean"}})
SERVER_METADATA = obj({"name": TEXT, "version": TEXT, "extensions": list_of(TEXT)})
LIVE = obj({"live": {"type": "boolean"}})
READY = obj({"ready": {"type": "boolean"}})
NOT_READY = obj({"ready": {"type": "boolean"}, "error": TEXT})
