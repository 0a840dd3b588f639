"""Segments as workers leave them, made by hand."""

import json
from uuid import UUID

from predictions.log.segments import Segment

FIRST = UUID("019cc1b2-0000-7000-8000-000000000000")
FEATURES = ["sepallength", "sepalwidth", "petallength", "petalwidth"]


def line(version, number=0, *, copies=1, who="", **columns):
    """One line of the log, for a version's id; `number` makes its id."""
    fields = {
        "id": str(UUID(int=FIRST.int + number * 2**32)), "version": version, "features": FEATURES,
        "rows": [[5.1, 3.5, 1.4, 0.2]] * copies, "outputs": [0] * copies,
        "shares": [[0.9] * copies, [0.1] * copies, [0.0] * copies], "latency_us": 123, "who": who,
    }  # fmt: skip
    return json.dumps(list((fields | columns).values())).encode() + b"\n"


def finished(folder, *lines, name="host-1-1-000001.jsonl"):
    """A segment of a worker that has gone."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(b"".join(lines))
    return path


def being_filled(folder, *lines, name="host-2-2-000001.jsonl"):
    """A segment of a worker that is alive: this process."""
    folder.mkdir(exist_ok=True)
    segment = Segment(folder / name, size=2**16)
    for content in lines:
        assert segment.write(content)
    return segment


def left_in(folder):
    """The names of all files, without the lock."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(str(path) for path in paths if path.name != "ingester.lock")


def zeros(size):
    """What an allocated and unwritten file holds."""
    return b"\0" * size
