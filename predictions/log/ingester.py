"""The reading side of the prediction log: from the workers' files into the database, in bulk.

A file's position is stored after the commit, and a finished file is removed after its last one. After a kill
in between some of it is done again, which changes nothing: ids are primary keys.
"""

import fcntl
import logging
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Event

from django.db import DataError, IntegrityError

from predictions import database
from predictions.contract.error_texts import kind_of
from predictions.log import records, request_lines, segments
from predictions.log.records import Answerer, RecordInvalid
from predictions.models import ModelVersion, Prediction, RequestCount

log = logging.getLogger("predictions.log.ingester")
ROWS = 500  # of one transaction: no other process waits long for the write lock
REASONS = 5  # of one segment at a time, in the log of the process
Rows = list[Prediction | RequestCount]
Batch = list[tuple[bytes, Rows]]


class Rejected:
    """The rejected lines of one folder: kept beneath it, counted, and logged by reason."""

    def __init__(self, folder: Path) -> None:
        self.lines = 0
        self._folder = folder / "rejected"
        self._reasons: Counter[str] = Counter()

    def add(self, segment: Path, line: bytes, why: str) -> None:
        """Keep a line aside, or where the disk is full give it up: it must not hold up the good ones."""
        self.lines += 1
        self._reasons[why.partition("\n")[0]] += 1
        try:
            self._folder.mkdir(exist_ok=True)
            with (self._folder / segment.name).open("ab") as file:
                file.write(line.rstrip(b"\n") + b"\n")
        except OSError as error:
            self._reasons[f"the line could not be kept in rejected/ either: {error.strerror}"] += 1

    def tell(self, segment: Path) -> None:
        for why, lines in self._reasons.most_common(REASONS):
            log.warning("%s: %s lines rejected: %s", segment.name, lines, why)
        self._reasons.clear()


class Ingester:
    """Brings one folder's files into the database. `rows` (predictions) and `rejected.lines` only grow."""

    def __init__(self, folder: Path) -> None:
        self.rows = 0
        self.rejected = Rejected(folder)
        self.stopped = Event()
        self._folder = folder
        self._lock: int | None = None
        self._answerers: dict[int, Answerer | None] = {}  # by the version's id; None: there is none
        self._unreadable: set[Path] = set()

    def lead(self) -> bool:
        """Whether this is the one ingester of the folder; another one stands by. Raises `OSError`."""
        if self._lock is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = os.open(self._folder / "ingester.lock", os.O_RDWR | os.O_CREAT, 0o640)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
                return False
            self._lock = file
        return True

    def close(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def step(self) -> int:
        """Bring in what is there now; return how many rows. Raises `django.db.Error`: it is away."""
        before = self.rows
        for segment in segments.segments(self._folder):
            if self.stopped.is_set():
                break
            try:
                self._ingest(segment)
            except FileNotFoundError:
                pass  # another ingester was first
            except OSError as error:
                if segment not in self._unreadable:
                    log.error("%s cannot be read and is skipped: %s", segment.name, error)
                self._unreadable.add(segment)
        return self.rows - before

    def _ingest(self, segment: Path) -> None:
        file = os.open(segment, os.O_RDONLY)
        try:
            finished = segments.is_finished(file)  # first: what is read afterwards is all there is
            position = segments.position_of(segment)
            lines, torn = segments.read(file, position, finished=finished)
            for batch in self._batches(segment, lines):
                if self.stopped.is_set():
                    return
                self._store(segment, batch)
                position += sum(len(line) for line, _ in batch)
                try:
                    segments.remember(segment, position)
                except OSError as error:  # a full disk: what is done again changes nothing, and makes room
                    log.warning("%s: the position could not be stored: %s", segment.name, error)
            if finished:
                if torn:
                    self.rejected.add(
                        segment, torn, "incomplete: the worker was killed while it wrote the line"
                    )
                segments.remove(segment)
        finally:
            os.close(file)
            self.rejected.tell(segment)

    def _batches(self, segment: Path, lines: list[bytes]) -> Iterator[Batch]:
        """Yield lines with their rows, about `ROWS` rows at a time; a bad line has none."""
        batch: Batch = []
        held = 0
        for line in lines:
            rows = self._rows_of(segment, line)
            batch.append((line, rows))
            held += len(rows)
            if held >= ROWS or len(batch) >= ROWS:
                yield batch
                batch, held = [], 0
        if batch:
            yield batch

    def _rows_of(self, segment: Path, line: bytes) -> Rows:
        try:
            if request_lines.is_one(line):
                counted = request_lines.parse(line)
                self._answerer_of(counted.version)  # it raises if there is no such version
                return [request_lines.row_of(counted)]
            record = records.parse(line)
            return list(records.predictions(record, self._answerer_of(record.version)))
        except RecordInvalid as error:
            self.rejected.add(segment, line, str(error))
            return []

    def _answerer_of(self, version_id: int) -> Answerer:
        if version_id not in self._answerers:
            version = ModelVersion.objects.select_related("signature").filter(pk=version_id).first()
            self._answerers[version_id] = Answerer(version) if version else None
        answerer = self._answerers[version_id]
        if answerer is None:
            raise RecordInvalid(f"the version with the id {version_id} does not exist any more")
        return answerer

    def _store(self, segment: Path, batch: Batch) -> None:
        """Insert a batch; if the database refuses it, line by line, so that only bad lines stay out."""
        try:
            self._insert([row for _, rows in batch for row in rows])
            return
        except (DataError, IntegrityError):
            self._answerers = {}  # a version may have been removed meanwhile
        for line, rows in batch:
            try:
                self._insert(self._rows_of(segment, line) if rows else [])
            except (DataError, IntegrityError) as error:
                self.rejected.add(segment, line, f"the database refused it: {kind_of(error)}")

    def _insert(self, rows: Rows) -> None:
        insert(rows)
        self.rows += sum(isinstance(row, Prediction) for row in rows)


def insert(rows: Rows) -> None:
    """Insert rows in short transactions; known predictions stay as they are. Raises `django.db.Error`."""
    predictions = [row for row in rows if isinstance(row, Prediction)]
    counts = [row for row in rows if isinstance(row, RequestCount)]
    try:
        for start in range(0, len(predictions), ROWS):
            with database.atomic():
                Prediction.objects.bulk_create(predictions[start : start + ROWS], ignore_conflicts=True)
        if counts:
            with database.atomic():
                RequestCount.objects.bring_in(counts)
    except ValueError as error:  # the driver's word for a text that the database cannot hold
        raise DataError(str(error)) from error
