"""The files of the prediction log: each filled by one worker, followed and removed by an ingester.

A segment is allocated whole and filled through memory: a line is in the file as soon as it is copied,
whoever is killed afterwards, and a full disk shows when a segment is opened, never in between. What is
not yet written is zeros; no line holds one. The writer keeps the file locked while it lives, so that who
gets the lock knows that nothing will be added.
"""

import fcntl
import mmap
import os
import time
from contextlib import suppress
from pathlib import Path

SEGMENT_BYTES = 2**20
LARGE = 2**16  # bytes; the kernel copies a megabyte in an eighth of the time that touching its pages takes
SUFFIX = ".jsonl"
UNFINISHED = ".new"


class Segment:
    """One file of this process, open for writing. Several threads need a lock of their own."""

    def __init__(self, path: Path, *, size: int) -> None:
        """Allocate and lock the file, then name it: no ingester meets it unlocked. Raises `OSError`."""
        self.written = 0
        self.opened_at = time.monotonic()
        self._size = size
        draft = path.with_suffix(UNFINISHED)
        self._file = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o640)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            os.posix_fallocate(self._file, 0, size)  # writing where no block is would kill the process
            self._memory = mmap.mmap(self._file, size)
            draft.rename(path)
        except OSError:
            draft.unlink()
            os.close(self._file)
            raise

    def write(self, line: bytes) -> bool:
        """Add one line, which ends with a newline; False where there is no room for it."""
        end = self.written + len(line)
        if end > self._size:
            return False
        copied = os.pwrite(self._file, line, self.written) if len(line) > LARGE else 0
        self._memory[self.written + copied : end] = line[copied:]
        self.written = end
        return True

    def finish(self) -> None:
        self._memory.close()
        os.ftruncate(self._file, self.written)
        os.close(self._file)

    def forget(self) -> None:
        """In a forked child: the file and its lock stay the parent's."""
        self._memory.close()
        os.close(self._file)


def segments(folder: Path) -> list[Path]:
    """Return every segment; those of one worker oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def is_finished(file: int) -> bool:
    """Whether its writer closed it or died; then the caller has the lock."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def read(file: int, position: int, *, finished: bool) -> tuple[list[bytes], bytes]:
    """Return the complete lines from `position`, each with its newline, and what follows the last."""
    # Of a file that is still being filled, a line with a zero in it is just being copied: not yet complete.
    if os.pread(file, 1, position) in (b"", b"\0") and not finished:
        return [], b""
    content = os.pread(file, os.fstat(file).st_size, position)
    end = content.rfind(b"\n") + 1
    lines = [line + b"\n" for line in content[:end].split(b"\n")[:-1]]
    if lines and not finished and b"\0" in lines[-1]:
        lines.pop()
    return lines, content[end:].strip(b"\0")


def position_file(segment: Path) -> Path:
    """Where the ingester remembers how far it came."""
    return segment.with_suffix(".position")


def position_of(segment: Path) -> int:
    """Return how many bytes of the segment are in the database; 0 where nothing says so."""
    try:
        return int(position_file(segment).read_text())
    except (FileNotFoundError, ValueError):  # the latter: the machine went down while it was written
        return 0


def remember(segment: Path, position: int) -> None:
    """Write how far the segment is in the database."""
    draft = position_file(segment).with_suffix(".draft")
    draft.write_text(str(position))
    draft.replace(position_file(segment))


def remove(segment: Path) -> None:
    """Remove a segment; the position last, so that none of it is ingested again."""
    segment.unlink(missing_ok=True)
    position_file(segment).unlink(missing_ok=True)


def bytes_held(folder: Path) -> int:
    """Return the size of all files in the folder and those beneath. A request may wait for it: no `glob`."""
    held = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # an ingester is at work
                held += bytes_held(Path(entry)) if entry.is_dir() else entry.stat().st_size
    return held


def bytes_waiting(folder: Path) -> int:
    """Return how much is written and not yet in the database."""
    waiting = 0
    for segment in segments(folder):
        with suppress(FileNotFoundError):
            waiting += max(0, _bytes_written(segment) - position_of(segment))
    return waiting


def _bytes_written(segment: Path) -> int:
    """Zeros follow what is written, and no line holds one: twenty looks tell where they begin."""
    file = os.open(segment, os.O_RDONLY)
    try:
        low, high = 0, os.fstat(file).st_size
        while low < high:
            middle = (low + high) // 2
            if os.pread(file, 1, middle) in (b"", b"\0"):
                high = middle
            else:
                low = middle + 1
        return low
    finally:
        os.close(file)
