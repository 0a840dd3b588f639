"""Lines of the prediction log that could not be ingested: kept for people to look at, for a time."""

import time
from contextlib import suppress
from pathlib import Path

from predictions.segments import UNFINISHED

ABANDONED_SECONDS = 3600.0


def keep(folder: Path, name: str, line: bytes) -> None:
    """Add a line to the file of its segment. Raises `OSError`."""
    rejected = folder / "rejected"
    rejected.mkdir(exist_ok=True)
    with (rejected / name).open("ab") as file:
        file.write(line.rstrip(b"\n") + b"\n")


def tidy(folder: Path, *, days: int) -> None:
    """Remove rejected lines older than this, and what killed processes left half made."""
    _remove(folder / "rejected", "*", older_than=days * 86400.0)
    _remove(folder, f"*{UNFINISHED}", older_than=ABANDONED_SECONDS)
    _remove(folder, "*.draft", older_than=ABANDONED_SECONDS)
    for position in folder.glob("*.position"):
        if not position.with_suffix(".jsonl").exists():
            position.unlink(missing_ok=True)


def _remove(folder: Path, pattern: str, *, older_than: float) -> None:
    latest = time.time() - older_than
    for path in folder.glob(pattern):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < latest:
                path.unlink()
