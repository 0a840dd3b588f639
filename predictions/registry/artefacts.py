"""Model files and data under MEDIA_ROOT, stored by hash and verified when read; opened only here."""

import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from predictions.conf import config, setting_name


class ArtefactMissing(Exception):
    """A file that a row names does not exist."""


class ArtefactCorrupt(Exception):
    """A file's content is not what its row says."""


def sha256_of(content: bytes) -> str:
    """The hash by which files are named and checked, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def store(content: bytes, *, folder: str, filename: str) -> str:
    """Write `content` whole or not at all, in a folder named by its hash; return the path for the row."""
    relative = Path(folder) / sha256_of(content)[:16] / filename
    try:
        _write(content, config.MEDIA_ROOT / relative)
    except FileNotFoundError:  # prune removed the folder while it was empty
        _write(content, config.MEDIA_ROOT / relative)
    return str(relative)


def _write(content: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{uuid.uuid4().hex}")
    try:
        with open(draft, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def adopt(draft: Path, *, folder: str, filename: str) -> tuple[str, str]:
    """Move a finished file of the same disk to where `store` would write it; return path and hash."""
    with draft.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    relative = Path(folder) / sha256[:16] / filename
    (config.MEDIA_ROOT / relative).parent.mkdir(parents=True, exist_ok=True)
    os.replace(draft, config.MEDIA_ROOT / relative)
    return str(relative), sha256


def stored_in(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield path and status of all files beneath a folder; what vanishes meanwhile is not there."""
    for place, _, names in os.walk(config.MEDIA_ROOT / folder):
        for name in names:
            path = Path(place) / name
            try:
                status = path.lstat()
            except FileNotFoundError:
                continue
            yield str(path.relative_to(config.MEDIA_ROOT)), status


def read(relative: str, *, sha256: str) -> bytes:
    """Return the bytes, proved by hash: parse these only. Raises `ArtefactMissing` or `ArtefactCorrupt`."""
    with _found(relative) as file:
        content = file.read()
    _prove(relative, sha256_of(content), sha256)
    return content


@contextmanager
def opened(relative: str, *, sha256: str) -> Iterator[BinaryIO]:
    """Give the file, proved by hash without being in memory as a whole. Raises as `read` does."""
    with _found(relative) as file:
        _prove(relative, hashlib.file_digest(file, "sha256").hexdigest(), sha256)
        file.seek(0)
        yield file


def _found(relative: str) -> BufferedReader:
    try:
        return (config.MEDIA_ROOT / relative).open("rb")
    except OSError as error:
        place = setting_name("MEDIA_ROOT")
        raise ArtefactMissing(f"{relative} is missing under {place} ({error.strerror})") from error


def _prove(relative: str, found: str, sha256: str) -> None:
    if found != sha256:
        raise ArtefactCorrupt(f"{relative} is not the file that was registered (sha256 differs)")


def remove(relative: str) -> None:
    """Remove a file that no row needs any more, and its folder, which was its own."""
    path = config.MEDIA_ROOT / relative
    path.unlink(missing_ok=True)
    with suppress(OSError):  # another file of the same content is in it
        path.parent.rmdir()
