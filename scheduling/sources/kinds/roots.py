"""The folders of the setting FILE_ROOTS: on this host's disks, or the keys of an S3 bucket below a prefix."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from predictions.conf import config, setting_name
from predictions.contract.error_texts import kind_of, text_of
from scheduling.sources.refusals import SourceRefused

if TYPE_CHECKING:
    from pyarrow.fs import FileInfo, FileSystem

AWS = re.compile(r"AWS Error ([A-Z_]{3,40})")
WILD = re.compile(r"[*?\[]")
CHUNK = 8 << 20  # bytes a request asks for


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """One file of rows: its name, when it was written, and how it is opened. `open` may raise `OSError`."""

    name: str
    changed: datetime
    open: Callable[[], BinaryIO]


def matching(root: str, pattern: str) -> list[SourceFile]:
    """Return the files of this root that match, in the order of their paths. Raises `SourceRefused`."""
    address = config.FILE_ROOTS.get(root)
    if address is None:
        raise SourceRefused(
            f"{setting_name('FILE_ROOTS')} has no folder {root} any more. Add it, or change the source."
        )
    with reading(f"The folder {root}", "Check it."):
        found = (
            _in_bucket(address, pattern) if address.startswith("s3://") else _on_disk(root, address, pattern)
        )
    if not found:
        raise SourceRefused(f"No file in {root} matches {pattern}. Check the pattern.")
    return found


@contextmanager
def reading(what: str, remedy: str) -> Iterator[None]:
    """Raise `SourceRefused` for what could not be read, with the store's own code where it gives one."""
    import pyarrow as pa

    try:
        yield
    except (OSError, pa.ArrowException) as error:
        code = AWS.search(text_of(error))
        why = code[1] if code else kind_of(error)
        raise SourceRefused(f"{what} cannot be read ({why}). {remedy}") from error


def _on_disk(root: str, address: str, pattern: str) -> list[SourceFile]:
    """Each really inside the folder: links do not lead out."""
    folder = Path(address)
    found = sorted(path for path in folder.glob(pattern) if path.is_file())
    outside = [path.name for path in found if not path.resolve().is_relative_to(folder.resolve())]
    if outside:
        raise SourceRefused(f"{outside[0]} is a link out of the folder {root}. Remove it.")
    return [_of_path(path) for path in found]


def _of_path(path: Path) -> SourceFile:
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return SourceFile(name=path.name, changed=changed, open=lambda: path.open("rb"))


def _in_bucket(address: str, pattern: str) -> list[SourceFile]:
    from pyarrow.fs import FileSelector, FileSystem, FileType

    store, base = FileSystem.from_uri(address)
    parts = pattern.split("/")
    named = next((i for i, part in enumerate(parts[:-1]) if WILD.search(part)), len(parts) - 1)
    below = "/".join([base, *parts[:named]])  # only what has this prefix is listed
    infos = store.get_file_info(FileSelector(below, allow_not_found=True, recursive=True))
    found = [
        info for info in infos
        if info.type == FileType.File and _matches(info.path.removeprefix(f"{base}/").split("/"), parts)
    ]  # fmt: skip
    return [_of_key(store, info) for info in sorted(found, key=lambda info: info.path)]


def _of_key(store: FileSystem, info: FileInfo) -> SourceFile:
    def opened() -> BinaryIO:
        raw: Any = store.open_input_file(info.path)  # cannot read a line
        return io.BufferedReader(raw, CHUNK)

    return SourceFile(name=info.base_name, changed=info.mtime, open=opened)


def _matches(path: list[str], pattern: list[str]) -> bool:
    """Whether the parts of a path match those of a pattern, as `Path.glob` sees it: `**` is any folders."""
    if not pattern or not path:
        return path == pattern or pattern == ["**"]
    if pattern[0] == "**":
        return _matches(path, pattern[1:]) or _matches(path[1:], pattern)
    return fnmatchcase(path[0], pattern[0]) and _matches(path[1:], pattern[1:])
