"""The files of one request on their way to a run: streamed to a folder of their own in quarantine."""

import errno
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from predictions.conf import config, setting_name

FOLDER = "quarantine"
COPIED_BYTES = 2**20
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
UNUSABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)
NO_SPACE = "the server's disk is full. Try again when there is space."  # why a run failed


class FileTooLarge(Exception):
    """One file is over the limit."""

    def __init__(self, field: str, limit: int) -> None:
        self.field = field
        super().__init__(
            f"The file is larger than {limit} bytes ({setting_name('MAX_UPLOAD_BYTES')}). Send a smaller one."
        )


class NotStored(Exception):
    """The server cannot keep the file; nothing of it was kept."""


class DiskFull(NotStored):
    """It has no space."""


class MediaUnusable(NotStored):
    """Its folder of files cannot be written."""


@dataclass(kw_only=True)
class Parcel:
    """The files of one request: what is known of each by the name of its field."""

    folder: str = field(default_factory=lambda: f"{FOLDER}/{uuid.uuid4().hex}")
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    is_taken: bool = False  # by a run, whose files they are from then on

    @property
    def parameters(self) -> dict[str, Any]:
        """What the run's parameters say of them."""
        return {"quarantine": self.folder, "files": self.files}

    def sha256_of(self, name: str) -> str:
        return self.files.get(name, {}).get("sha256", "")

    def beginning_of(self, name: str, size: int) -> bytes:
        with open(config.MEDIA_ROOT / self.folder / name, "rb") as file:
            return file.read(size)

    def keep(self, name: str, chunks: Iterable[bytes], *, filename: str) -> None:
        """Store a file by its chunks. Raises `FileTooLarge` or `NotStored`."""
        draft = Draft(self, name, filename)
        try:
            for chunk in chunks:
                draft.write(chunk)
        finally:
            draft.end()


class Draft:
    """A file that arrives in chunks; it belongs to its parcel when it has ended."""

    def __init__(self, parcel: Parcel, name: str, filename: str) -> None:
        self._parcel, self._name, self._filename = parcel, name, filename
        self._size, self._hash = 0, hashlib.sha256()
        with _space():
            self._file: IO[bytes] = open(_made(parcel.folder) / name, "xb")  # noqa: SIM115

    def write(self, chunk: bytes) -> None:
        """Raises `FileTooLarge` or `NotStored`."""
        self._size += len(chunk)
        if self._size > config.MAX_UPLOAD_BYTES:
            raise FileTooLarge(self._name, config.MAX_UPLOAD_BYTES)
        self._hash.update(chunk)
        with _space():
            self._file.write(chunk)

    def end(self) -> None:
        """Close the file. Raises `NotStored`."""
        with _space(), self._file:
            self._file.flush()
            os.fsync(self._file.fileno())
        self._parcel.files[self._name] = {"filename": self._filename, "sha256": self._hash.hexdigest()}


def copy_of(folder: str, files: dict[str, dict[str, str]], *, into: Parcel) -> None:
    """Put the files of another parcel into this one. Raises `FileNotFoundError` or `NotStored`."""
    for name, facts in files.items():
        with open(config.MEDIA_ROOT / folder / name, "rb") as file:
            into.keep(name, iter(lambda: file.read(COPIED_BYTES), b""), filename=facts["filename"])


@contextmanager
def parcel() -> Iterator[Parcel]:
    """Give a new parcel, and remove its files where no run has taken them when the block ends."""
    new = Parcel()
    try:
        yield new
    finally:
        if not new.is_taken:
            remove_folder(new.folder)


def _made(folder: str) -> Path:
    """Make a folder that only this user reads."""
    root = config.MEDIA_ROOT / FOLDER
    root.mkdir(parents=True, exist_ok=True)
    with suppress(PermissionError):  # another user made it, and decided who may look
        root.chmod(0o700)
    path: Path = config.MEDIA_ROOT / folder
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def remove_folder(folder: str) -> None:
    """Remove a folder with its files, if it is there."""
    # What belongs to another user is that scheduler's or prune's to remove.
    shutil.rmtree(config.MEDIA_ROOT / folder, ignore_errors=True)


def is_full(error: BaseException) -> bool:
    """Whether it says that there is no space on the disk."""
    return isinstance(error, OSError) and error.errno in FULL


@contextmanager
def _space() -> Iterator[None]:
    """Raise `NotStored` for an error that says so."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            message = "The server's disk is full, so nothing was kept. Try again when there is space."
            raise DiskFull(message) from error
        if error.errno in UNUSABLE:
            message = (
                f"{setting_name('MEDIA_ROOT')} cannot be written ({error.strerror}), so nothing was kept."
            )
            raise MediaUnusable(f"{message} On the server: manage.py check --deploy") from error
        raise
