"""The zip of an upload: judged by its list of members, then unpacked in small pieces into a new, plain zip.

What is opened later is the new zip: two readers of a crafted one could see different things in it.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable

from scheduling.uploads import structure
from scheduling.uploads.refusals import Refused, megabytes

Checked = Callable[[str, bytes], bytes]  # a member's name and content -> what is put in its place
SKOPS_MEMBER = re.compile(r"schema\.json|[\w-]{1,80}\.np[yz]", re.ASCII)
PIECE = 2**20
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)
ENCRYPTED = 0x1
END = struct.Struct("<4s4H2LH")  # of a zip without a comment: its last 22 bytes


def open_archive(content: bytes) -> zipfile.ZipFile:
    """Return the zip, of not too many members. Raises `Refused`."""
    _refuse_long_directory(content)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except UNREADABLE as error:
        raise Refused("damaged_zip") from error
    if len(archive.infolist()) > structure.MOST_MEMBERS:
        raise Refused("many_members", most=structure.MOST_MEMBERS)
    return archive


def refuse_members(archive: zipfile.ZipFile, packed: int, *, member: re.Pattern[str] = SKOPS_MEMBER) -> None:
    """Raise `Refused` unless all members of a zip of `packed` bytes may be unpacked."""
    members = archive.infolist()
    for info in members:
        _refuse_member(info, member)
    _refuse_twins([info.filename for info in members])
    _refuse_sizes(packed, [info.file_size for info in members])


def unpack(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a member's content, at no point more than its stated size. Raises `Refused`."""
    info, parts, size = archive.getinfo(name), [], 0
    try:
        with archive.open(info) as file:
            while piece := file.read(PIECE):
                parts.append(piece)
                size += len(piece)
    except UNREADABLE as error:
        raise Refused("damaged_zip") from error
    if size != info.file_size:
        raise Refused("damaged_zip")
    return b"".join(parts)


def repacked(archive: zipfile.ZipFile, checked: Checked) -> bytes:
    """Return a plain zip of all members, each as `checked` gives it back. Raises `Refused`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as plain:
        for name in archive.namelist():
            plain.writestr(name, checked(name, unpack(archive, name)))
    return buffer.getvalue()


def _refuse_long_directory(content: bytes) -> None:
    """Refuse by the zip's last bytes alone: its list would be read whole before it can be counted."""
    if len(content) < END.size or not (end := END.unpack(content[-END.size :]))[0] == b"PK\x05\x06":
        raise Refused("damaged_zip")
    count, size = end[4], end[5]
    if count > structure.MOST_MEMBERS or size > structure.MOST_DIRECTORY_BYTES:
        raise Refused("many_members", most=structure.MOST_MEMBERS)


def _refuse_member(info: zipfile.ZipInfo, member: re.Pattern[str]) -> None:
    """Refuse what skops does not write: folders, links, paths, other endings, passwords, other packings."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if not member.fullmatch(info.filename) or kind not in (0, stat.S_IFREG):
        raise Refused("foreign_member", name=info.filename[:80])
    if info.flag_bits & ENCRYPTED:
        raise Refused("encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("packing")


def _refuse_twins(names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Refused("twin_members", name=name)
        seen.add(name)


def _refuse_sizes(packed: int, sizes: list[int]) -> None:
    unpacked = sum(sizes)
    if unpacked > structure.MOST_UNPACKED_BYTES:
        most = megabytes(structure.MOST_UNPACKED_BYTES)
        raise Refused("large_unpacked", size=megabytes(unpacked), most=most)
    if unpacked > max(structure.GROWTH_FREE_BYTES, structure.MOST_GROWTH * packed):
        grown = {"packed": megabytes(packed), "size": megabytes(unpacked), "most": structure.MOST_GROWTH}
        raise Refused("grows", **grown)
