"""Lines of the prediction log that could not be ingested: kept for some time, for people to look at."""

import logging
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from predictions.log.segments import UNFINISHED

log = logging.getLogger("predictions.log.ingester")
REASONS = 5  # logged of one segment at a time
ABANDONED_SECONDS = 3600.0


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


def tidy(folder: Path, *, days: int) -> None:
    """Remove rejected lines older than this, and what killed processes left half made."""
    _remove(folder / "rejected", "*", older_than=days * 86400.0)
    _remove(folder, f"*{UNFINISHED}", older_than=ABANDONED_SECONDS)
    _remove(folder, "*.draft", older_than=ABANDONED_SECONDS)
    for position in folder.glob("*.position"):
        if not position.with_suffix(".jsonl").exists():
            position.unlink(missing_ok=True)


def _remove(folder: Path, pattern: str, *, older_than: float) -> None:
    """What vanishes meanwhile, or cannot be removed, must not end the ingester."""
    latest = time.time() - older_than
    with suppress(FileNotFoundError):  # the folder
        for path in folder.glob(pattern):
            with suppress(OSError):
                if path.stat().st_mtime < latest:
                    path.unlink()
