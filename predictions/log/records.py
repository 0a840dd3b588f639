"""One line of the prediction log: how it reads, the rows it stands for, and their ids, which sort by time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any
from uuid import UUID

import msgspec
import numpy as np
from uuid_utils import uuid7

from predictions.contract.bodies import BodyReader, TooManyRows
from predictions.contract.decoding import UNDECODABLE
from predictions.contract.fields import InvalidInput
from predictions.contract.signature import SignatureSpec
from predictions.models import ModelVersion, Prediction
from predictions.models.base import LONGEST_NAME

TAIL = 12  # hexadecimal digits of an id that are random, and its last group
Whole = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
LONGEST_US = 2**31 - 1  # more than half an hour


class RecordInvalid(Exception):
    """A line that is not a record of predictions, or names a version that does not exist."""


class Record(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """One answered request with n rows, as `spool.append` writes it."""

    id: UUID
    version: Whole
    features: list[str] | None  # None: `rows` is the body of the request, which names them
    rows: msgspec.Raw
    outputs: list[Any]
    shares: list[list[float | None]]  # k lists of n probabilities; empty without probabilities
    latency_us: Whole
    who: Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)]


@dataclass(frozen=True)
class Answerer:
    """The version that answered: its registered model, and how it reads a body."""

    version: ModelVersion

    @cached_property
    def spec(self) -> SignatureSpec:
        return self.version.signature.spec()

    @cached_property
    def reader(self) -> BodyReader:
        return BodyReader(self.spec)


_decode = msgspec.json.Decoder(Record).decode
_decode_rows = msgspec.json.Decoder(list[list[Any]]).decode


def parse(line: bytes) -> Record:
    """Return the record of a line. Raises `RecordInvalid` that says what is wrong."""
    try:
        record = _decode(line)
    except UNDECODABLE as error:
        raise RecordInvalid(f"the line cannot be read: {error}") from None
    if record.id.version != 7:
        raise RecordInvalid("the id is not a UUIDv7")
    return record


def predictions(record: Record, answerer: Answerer) -> Iterator[Prediction]:
    """Yield a row of the table for each row of the request. Raises `RecordInvalid` if they do not fit."""
    features, rows = _asked(record, answerer)
    lengths = {len(record.outputs), len(rows), *map(len, record.shares)}
    if len(lengths) != 1 or any(len(row) != len(features) for row in rows):
        raise RecordInvalid("the numbers of rows, features and outputs do not match")
    probabilities: list[Any] = list(zip(*record.shares, strict=True)) or [None] * len(rows)
    ids = ids_from(str(record.id), len(rows))
    for id, row, output, shares in zip(ids, rows, record.outputs, probabilities, strict=True):
        yield Prediction(
            id=UUID(id), registered_model_id=answerer.version.signature.registered_model_id,
            model_version_id=record.version, inputs=dict(zip(features, row, strict=True)), output=output,
            probabilities=shares, latency_us=min(record.latency_us, LONGEST_US), who=record.who,
        )  # fmt: skip


def _asked(record: Record, answerer: Answerer) -> tuple[Sequence[str], Sequence[Any]]:
    try:
        if record.features is None:
            asked = answerer.reader.read(bytes(record.rows), most=len(record.outputs))
            return answerer.spec.names, answerer.spec.written(asked.rows)
        return record.features, _decode_rows(record.rows)
    except (*UNDECODABLE, InvalidInput, TooManyRows) as error:
        raise RecordInvalid(f"the rows cannot be read: {error}") from None


def new_id() -> str:
    """Return the id of a request's first row; the others follow it, which is faster than drawing each."""
    return str(uuid7())


def ids_from(first: str, count: int) -> list[str]:
    """Return `first` and the ids that follow it; after the last of a group its first one."""
    if count == 1:
        return [first]
    kept, tails = first[:-TAIL], _tails(first, count).tobytes().decode()
    return [kept + tails[end - TAIL : end] for end in range(TAIL, TAIL * count + 1, TAIL)]


def json_of_ids(first: str, count: int) -> msgspec.Raw:
    """Return the same as a JSON array. No text is made for each of them, which takes seven times as long."""
    text = np.empty((count, len(first) + 3), dtype="S1")
    text[:] = [character.encode() for character in f'"{first}",']
    text[:, -TAIL - 2 : -2] = _tails(first, count)
    return msgspec.Raw(b"[" + text.tobytes()[:-1] + b"]")


def _tails(first: str, count: int) -> np.ndarray:
    numbers = (int(first[-TAIL:], 16) + np.arange(count)) % 16**TAIL
    digits = np.frombuffer(numbers.astype(">u8").tobytes().hex().encode(), dtype="S1")
    return digits.reshape(count, 16)[:, 16 - TAIL :]
