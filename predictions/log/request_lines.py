"""One line of counted requests in a worker's log file: how it reads, and the row it stands for.

A line tells of one block so far; a later one with its id takes its place. Times are kept in few numbers: by
how many rows were asked together, and in steps of 9 %. Only requests of like sizes are compared, so that
clients who send more rows at once than yesterday do not make a version look slower.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from predictions.contract.decoding import UNDECODABLE
from predictions.log.records import RecordInvalid, Whole
from predictions.models import RequestCount
from predictions.models.base import LONGEST_NAME
from predictions.models.worker import block_of

STEPS = 8  # of a doubling: each is 9 % above the one before
MOST_SIZE, MOST_BIN = 64, 400  # what a line may say
LONGEST_ERROR = 300
Moment = Annotated[float, msgspec.Meta(ge=0, lt=2**35)]
Size = Annotated[int, msgspec.Meta(ge=0, le=MOST_SIZE)]
Step = Annotated[int, msgspec.Meta(ge=0, le=MOST_BIN)]


class RequestLine(msgspec.Struct, array_like=True, tag="requests", forbid_unknown_fields=True):
    """What one worker counted of one caller of a version in a block, up to `until`; seconds since 1970."""

    id: UUID
    version: Whole
    who: Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)]
    block: Moment
    until: Moment
    answered: Whole
    refused: Whole
    failed: Whole
    both_failed: Whole  # of those, requests that the version before could not answer either
    only_failed: Whole  # … and those that it did answer; of the rest nobody knows
    last_error: Annotated[str, msgspec.Meta(max_length=LONGEST_ERROR)]
    latencies: dict[Size, dict[Step, Whole]]  # requests, by size and step


_decode = msgspec.json.Decoder(RequestLine).decode


def is_one(line: bytes) -> bool:
    """Whether a line tells of counted requests, and not of a prediction."""
    return line.startswith(b'["requests",')


def parse(line: bytes) -> RequestLine:
    """Return what a line says. Raises `RecordInvalid` that says what is wrong."""
    try:
        return _decode(line)
    except UNDECODABLE as error:
        raise RecordInvalid(f"the line cannot be read: {error}") from None


def row_of(line: RequestLine) -> RequestCount:
    """Return the row of the table that it stands for."""
    columns = msgspec.structs.asdict(line)
    until = columns.pop("until")
    return RequestCount(
        **columns
        | {
            "model_version_id": columns.pop("version"),
            "who": line.who.replace("\0", "?"),
            "block": block_of(line.block),
            "last_error": line.last_error.replace("\0", "?"),
            "latencies": msgspec.to_builtins(line.latencies, str_keys=True),
            "counted_until": datetime.fromtimestamp(until, tz=UTC),
        }
    )


def size_of(rows: int) -> int:
    """The class of a request by its rows: 1 has one, 2 two or three, 3 four to seven, n less than 2^n."""
    return rows.bit_length()


def least_rows(size: int) -> int:
    """The fewest rows of a class."""
    return 1 << (size - 1)


def bin_of(seconds: float) -> int:
    """The step that a time is in; a microsecond or less is in the first."""
    return min(int(STEPS * math.log2(seconds * 1e6)), MOST_BIN) if seconds > 1e-6 else 0


def quantile_us(bins: Mapping[int, int], share: float) -> float:
    """Return about the time, in microseconds, that `share` of the requests do not exceed; 0 of none."""
    wanted, seen = share * sum(bins.values()), 0
    for step in sorted(bins):
        seen += bins[step]
        if seen >= wanted:
            into = 1 - (seen - wanted) / bins[step] if bins[step] else 1.0
            return float(2 ** ((step + into) / STEPS))
    return 0.0
