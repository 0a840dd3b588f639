"""The prediction log: inputs that were asked, with the true labels that were told later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from predictions.contract.signature import SignatureSpec
from predictions.models import Feedback, RegisteredModel, Signature
from predictions.models.prediction import first_id_at
from scheduling.models.setup.data_source import LOG_TIME
from scheduling.sources.refusals import SourceRefused
from scheduling.sources.rows import Rows, Window

if TYPE_CHECKING:
    import pyarrow as pa

FETCHED = 10_000


@contextmanager
def open_log(model: RegisteredModel, window: Window) -> Iterator[Rows]:
    """Give features, label and `predicted_at` of the newest signature. Raises `SourceRefused`."""
    import pyarrow as pa

    signature = Signature.objects.newest_of(model)
    if signature is None:
        raise SourceRefused(
            f"The columns of {model} are not known yet, so its log has no rows. Choose another source."
        )
    if model.redacted_features:
        hidden = ", ".join(model.redacted_features)
        raise SourceRefused(f"The prediction log lacks redacted features ({hidden}). Choose another source.")
    spec = signature.spec()
    columns = [(feature.name, _type_of(str(feature.kind))) for feature in spec.features]
    columns += [(spec.output_name, _type_of_label(spec)), (LOG_TIME, pa.timestamp("us", "UTC"))]
    schema = pa.schema(columns)
    yield Rows(schema=schema, batches=_batches(signature, spec, schema, window))


def _type_of(kind: str) -> pa.DataType:
    import pyarrow as pa

    return {"float": pa.float64(), "int": pa.float64(), "bool": pa.bool_()}.get(kind, pa.string())


def _type_of_label(spec: SignatureSpec) -> pa.DataType:
    import pyarrow as pa

    kinds = {type(label) for label in spec.labels}
    if kinds == {str}:
        return pa.string()
    return pa.bool_() if kinds == {bool} else pa.int64() if kinds == {int} else pa.float64()


def _batches(
    signature: Signature, spec: SignatureSpec, schema: pa.Schema, window: Window
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    told = Feedback.objects.filter(
        prediction__model_version__signature=signature,
        pk__gte=first_id_at(window.since),
        pk__lt=first_id_at(window.until),
    )
    rows = told.select_related("prediction").order_by("pk").iterator(chunk_size=FETCHED)
    while some := list(islice(rows, FETCHED)):
        inputs = [one.prediction.inputs for one in some]
        columns: dict[str, list[Any]] = {name: [row.get(name) for row in inputs] for name in spec.names}
        columns[spec.output_name] = [one.label for one in some]
        columns[LOG_TIME] = [one.prediction.at for one in some]
        arrays = [pa.array(columns[field.name], type=field.type) for field in schema]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)
