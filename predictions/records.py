"""One line of the prediction log: how it reads, and the rows it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec

from predictions.models import Prediction
from predictions.prediction_ids import ids_from

Whole = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
LONGEST_US = 2**31 - 1  # more than half an hour


class RecordInvalid(Exception):
    """A line that is no record of predictions, or speaks of what is not there."""


class Record(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """One answered request with n rows, as `spool.append` writes it."""

    id: UUID
    version: Whole
    features: list[str]
    rows: list[list[Any]]
    outputs: list[Any]
    probabilities: list[list[float | None]] | None
    latency_us: Whole
    who: Annotated[str, msgspec.Meta(max_length=150)]


_decode = msgspec.json.Decoder(Record).decode


def parse(line: bytes) -> Record:
    """Return the record of a line. Raises `RecordInvalid` that says what is wrong."""
    try:
        record = _decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise RecordInvalid(f"it cannot be read: {error}") from None
    lengths = {len(record.outputs), len(record.rows), len(record.probabilities or record.rows)}
    if len(lengths) != 1 or any(len(row) != len(record.features) for row in record.rows):
        raise RecordInvalid("its rows, features and outputs do not fit together")
    if record.id.version != 7:
        raise RecordInvalid("its id is no UUIDv7")
    return record


def predictions(record: Record, *, registered_model: int) -> Iterator[Prediction]:
    """Yield a row of the table for each row of the request: the first has the request's own id."""
    shares: Sequence[list[float | None] | None] = record.probabilities or [None] * len(record.rows)
    ids = ids_from(str(record.id), len(record.rows))
    for id, row, output, probabilities in zip(ids, record.rows, record.outputs, shares, strict=True):
        yield Prediction(
            id=UUID(id),
            registered_model_id=registered_model,
            model_version_id=record.version,
            inputs=dict(zip(record.features, row, strict=True)),
            output=output,
            probabilities=probabilities,
            latency_us=min(record.latency_us, LONGEST_US),
            who=record.who,
        )
