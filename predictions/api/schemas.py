"""JSON schemas of what the API takes and answers where no serializer writes it."""

from typing import Any

from predictions.api.open_inference.tensors import DATATYPES

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
ID = {"type": "string", "format": "uuid"}
LABEL = {"description": "One of the model's labels, or a number for a regression."}
SHARE = {"type": "number"}


def obj(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    """Return the schema of an object."""
    return {"type": "object", "properties": required | optional, "required": list(required)}


def list_of(items: Any, **more: Any) -> dict[str, Any]:
    """Return the schema of an array."""
    return {"type": "array", "items": items, **more}


def by_label(values: Any) -> dict[str, Any]:
    """Return the schema of the probabilities of a classification."""
    about = "By label. Absent for a model without probabilities."
    return {"type": "object", "additionalProperties": values, "description": about}


def ref(name: str) -> dict[str, str]:
    """Return a reference to one of `COMPONENTS`."""
    return {"$ref": f"#/components/schemas/{name}"}


VERSION = {"model": TEXT, "version": TEXT}
FIELD_ERROR = obj({"field": TEXT, "message": TEXT}, row=WHOLE)
REFUSED = obj({"row": WHOLE, "code": TEXT, "field": TEXT, "message": TEXT})
MANY_ROWS = list_of({"type": "object"}, minItems=1, description="Many rows.")
COMPONENTS = {
    "Error": obj({"code": TEXT, "detail": TEXT, "errors": list_of(FIELD_ERROR)}),
    "V2Error": obj({"error": TEXT}),
    "PredictRefusal": obj(
        {"model": {"type": ["string", "null"]}, "errorMessage": TEXT, "errorDetails": list_of(FIELD_ERROR)}
    ),
    "CurrentModel": obj({"currentModelName": TEXT, "currentModelVersion": TEXT}),
    "NoCurrentModel": obj({"currentModel": {"type": "null"}}),
    "PredictReply": obj(VERSION | {"prediction": LABEL, "prediction_id": ID}, probabilities=by_label(SHARE)),
    "Predictions": obj(
        VERSION | {"predictions": list_of(LABEL), "prediction_ids": list_of(ID)},
        probabilities=by_label(list_of(SHARE)),
    ),
    "Rows": {"oneOf": [{"type": "object", "description": "One row, or columns."}, MANY_ROWS]},
    "Feedback": obj({"label": LABEL}),
    "FeedbackStored": obj({"prediction_id": ID, "label": LABEL, "stored": {"type": "boolean"}}),
    "FeedbackOfPrediction": obj({"prediction_id": ID, "label": LABEL}),
    "FeedbackTaken": obj({"stored": WHOLE, "unchanged": WHOLE, "refused": list_of(REFUSED)}),
}

# The messages of the Open Inference Protocol.
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
IDS = obj({"prediction_ids": TEXT})
OUTPUTS = list_of(obj(TENSOR, data=list_of({}), **PARAMETERS))
INFER_RESPONSE = obj(
    {"model_name": TEXT, "model_version": TEXT, "parameters": IDS, "outputs": OUTPUTS}, id=TEXT
)
PROPERTIES = {"type": "object", "additionalProperties": TEXT}
TENSORS = {"inputs": list_of(DESCRIBED), "outputs": list_of(DESCRIBED), "properties": PROPERTIES}
MODEL_METADATA = obj({"name": TEXT, "versions": list_of(TEXT), "platform": TEXT} | TENSORS)
MODEL_READY = obj({"name": TEXT, "ready": {"type": "boolean"}})
SERVER_METADATA = obj({"name": TEXT, "version": TEXT, "extensions": list_of(TEXT)})
LIVE = obj({"live": {"type": "boolean"}})
READY = obj({"ready": {"type": "boolean"}})
NOT_READY = obj({"ready": {"type": "boolean"}, "error": TEXT})
