"""JSON schemas of what registrations answer."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse

from predictions.api.schemas import TEXT, WHOLE, list_of, obj
from scheduling.models import Run

TEXT_OR_NULL = {"type": ["string", "null"]}
WHOLE_OR_NULL = {"type": ["integer", "null"]}
BOUND = {"type": "number"}
FEATURE = obj(
    {"name": TEXT, "kind": TEXT, "required": {"type": "boolean"}},
    minimum=BOUND, exclusive_minimum=BOUND, maximum=BOUND, exclusive_maximum=BOUND,
    categories=list_of(TEXT), example={}, description=TEXT,
)  # fmt: skip
SIGNATURE = obj(
    {"number": WHOLE, "task": TEXT, "output": TEXT, "labels": list_of({}), "features": list_of(FEATURE)}
)
SIGNATURE_OR_NULL = {"anyOf": [SIGNATURE, {"type": "null"}]}
OF_RUN = {
    "run": WHOLE_OR_NULL,
    "decision": {"type": "string", "enum": ["", *Run.Decision.values]},
    "reason": TEXT,
    "notes": list_of(TEXT, description="What was decided about the data, and why."),
    "evidence": {**TEXT_OR_NULL, "description": "The address of the run's evidence."},
}
MODEL = obj({**OF_RUN, "model": TEXT, "signature": SIGNATURE_OR_NULL, "version": TEXT_OR_NULL})
BOUND_OR_TIME = {"type": ["number", "string"]}
HISTOGRAM = obj({"edges": list_of(BOUND_OR_TIME), "counts": list_of(WHOLE)})
COLUMN = obj(
    {"name": TEXT, "role": TEXT, "kind": TEXT, "missing": WHOLE, "distinct": WHOLE},
    minimum=BOUND_OR_TIME, median=BOUND_OR_TIME, maximum=BOUND_OR_TIME, histogram=HISTOGRAM,
    top=list_of(obj({"value": TEXT, "rows": WHOLE})), others=WHOLE,
)  # fmt: skip
DATASET = obj({
    "id": WHOLE, "role": TEXT, "sha256": TEXT, "rows": WHOLE, "format": TEXT, "notes": list_of(TEXT),
    "created_at": TEXT, "columns": list_of(COLUMN),
})  # fmt: skip
REGISTERED_DATASET = obj({**OF_RUN, "model": TEXT, "dataset": DATASET})
ORIGIN = {"anyOf": [obj({"id": WHOLE, "role": TEXT, "sha256": TEXT, "rows": WHOLE}), {"type": "null"}]}
ANYTHING = {"type": "object"}
MANIFEST = obj({
    "model": TEXT, "version": TEXT, "name": TEXT, "filename": TEXT, "artefact_sha256": TEXT,
    "served_form_sha256": TEXT, "rung": TEXT, "refused_rungs": ANYTHING, "estimator": TEXT,
    "params": ANYTHING, "libraries": ANYTHING, "parity": ANYTHING, "source": TEXT,
    "created_by": TEXT, "created_at": TEXT,
    "retired_at": TEXT_OR_NULL, "trained_on": ORIGIN, "signature": SIGNATURE,
})  # fmt: skip
QUEUED = obj({"run": WHOLE, "url": TEXT})


def answers_of(done: dict[str, Any]) -> dict[Any, Any]:
    """Return the answers of an operation that registers: `done` is what is told when its run is finished."""
    return {
        (200, "application/json"): OpenApiResponse(
            done, description="The same content is registered already."
        ),
        (201, "application/json"): OpenApiResponse(done, description="The run has finished."),
        (202, "application/json"): OpenApiResponse(
            QUEUED, description="The run is queued or at work. `Location` is its path."
        ),
        409: OpenApiResponse(
            description="The name or the key is taken, or the run failed: `detail` says why."
        ),
        429: OpenApiResponse(description="This worker receives another upload: see `Retry-After`."),
        507: OpenApiResponse(description="The server's disk is full. Nothing was kept."),
    }
