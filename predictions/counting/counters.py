"""Counters of the workers of one server: each worker has its own files, and any of them reads all.

The format of the files, their merging and their exposition are prometheus-client's multiprocess mode.
Its class of values is not used. It can never drop a series, but ours come and go with the versions; a worker
that starts again would leave its old files for ever; and a full disk would kill the process, because the
space of a file is not reserved.
"""

import fcntl
import os
import shutil
import socket
from bisect import bisect_left
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.utils import floatToGoString

RESERVED_BYTES = 2**16
MILLISECONDS = (0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 10_000)
BUCKETS = (*(ms / 1000 for ms in MILLISECONDS), float("inf"))


class CounterFile:
    """Series of one process in one file. It continues the counts of an earlier process."""

    def __init__(self, path: Path) -> None:
        _reserve(path)
        self.path = path
        self._values = MmapedDict(str(path))
        self._totals: dict[str, float] = {}
        self._lock = Lock()

    def open(self, metric: str, name: str, labels: dict[str, str], text: str) -> str:
        """Return the key of a series, which starts at zero or where an earlier process left it."""
        key = mmap_key(metric, name, list(labels), list(labels.values()), text)
        with self._lock:
            self._totals[key], _ = self._values.read_value(key)
        return key

    def add(self, *amounts: tuple[str, float]) -> None:
        """Add to open series, by key."""
        with self._lock:
            for key, amount in amounts:
                self._totals[key] = total = self._totals[key] + amount
                self._values.write_value(key, total, 0.0)


class Histogram:
    """One histogram of seconds, with one set of labels."""

    def __init__(self, file: CounterFile, metric: str, labels: dict[str, str], text: str) -> None:
        self._file, self.path = file, file.path
        self._sum = file.open(metric, f"{metric}_sum", labels, text)
        bounds = [labels | {"le": floatToGoString(bound)} for bound in BUCKETS]
        self._buckets = [file.open(metric, f"{metric}_bucket", each, text) for each in bounds]

    def observe(self, seconds: float) -> None:
        bucket = self._buckets[bisect_left(BUCKETS, seconds)]
        self._file.add((self._sum, seconds), (bucket, 1.0))


def _reserve(path: Path) -> None:
    """Create an empty file with reserved space. On a full disk this raises; a mapped page would kill."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(draft, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, RESERVED_BYTES)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


class Place(NamedTuple):
    """The number of one worker in the folder of its server, locked by a descriptor until the process ends."""

    folder: Path
    number: int
    lock: int


def take_place(root: Path) -> Place:
    """Take the first free place in the folder of this server. Raises `OSError`."""
    # A worker that starts again takes the place of the dead one. Folders of ended servers are deleted.
    root.mkdir(parents=True, exist_ok=True)
    mine = root / f"{socket.gethostname()}-{os.getppid()}"
    with open(root / "lock", "w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        for folder in root.iterdir():
            if folder.is_dir() and not _is_in_use(folder):
                shutil.rmtree(folder, ignore_errors=True)  # a person may delete it at the same time
        mine.mkdir(exist_ok=True)
        number = 0
        while (held := _lock(mine / f"{number}.lock")) is None:
            number += 1
    return Place(mine, number, held)


def _is_in_use(folder: Path) -> bool:
    for path in folder.glob("*.lock"):
        if (held := _lock(path)) is None:
            return True
        os.close(held)
    return False


def _lock(path: Path) -> int | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return descriptor
    os.close(descriptor)
    return None
