"""The zip archive of an upload: checked by its list of members, then copied into a new, uncompressed archive.

Only the copy is opened later: two readers could see different things in a crafted original.
"""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable

from scheduling.uploads import structure
from scheduling.uploads.refusals import Refused, megabytes, refuse_larger, refuse_more

SKOPS_MEMBER = re.compile(r"schema\.json|[\w-]{1,80}\.np[yz]", re.ASCII)
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)
ENCRYPTED = 0x1
END = struct.Struct("<4s4H2LH")  # the last 22 bytes of a zip archive without a comment


def open_archive(content: bytes) -> zipfile.ZipFile:
    """Return the archive if it does not have too many members. Raises `Refused`."""
    # zipfile reads the whole list of members before it can be counted: look at the last bytes first.
    if len(content) < END.size or not (end := END.unpack(content[-END.size :]))[0] == b"PK\x05\x06":
        raise Refused("damaged_zip")
    if end[4] > structure.MOST_MEMBERS or end[5] > structure.MOST_DIRECTORY_BYTES:
        raise Refused("many_members", most=structure.MOST_MEMBERS)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except UNREADABLE as error:
        raise Refused("damaged_zip") from error
    refuse_more(len(archive.infolist()), structure.MOST_MEMBERS, "many_members")
    return archive


def refuse_members(archive: zipfile.ZipFile, packed: int, *, member: re.Pattern[str] = SKOPS_MEMBER) -> None:
    """Raise `Refused` unless an archive of `packed` bytes has only such members as skops writes."""
    seen, size = set(), 0
    for info in archive.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)  # neither a folder nor a link
        if not member.fullmatch(info.filename) or kind not in (0, stat.S_IFREG):
            raise Refused("foreign_member", name=info.filename[:80])
        if info.filename in seen:
            raise Refused("twin_members", name=info.filename)
        if info.flag_bits & ENCRYPTED:
            raise Refused("encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("packing")
        seen.add(info.filename)
        size += info.file_size
    refuse_larger(size, structure.MOST_UNPACKED_BYTES, "large_unpacked")
    if size > max(structure.GROWTH_FREE_BYTES, structure.MOST_GROWTH * packed):
        most = structure.MOST_GROWTH
        raise Refused("grows", packed=megabytes(packed), size=megabytes(size), most=most)


def unpack(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a member's content, which never takes more than its stated size. Raises `Refused`."""
    info = archive.getinfo(name)
    try:
        with archive.open(info) as file:
            content = file.read(info.file_size)  # without a size, zipfile unpacks all there is
    except UNREADABLE as error:
        raise Refused("damaged_zip") from error
    if len(content) != info.file_size:
        raise Refused("damaged_zip")
    return content


def repacked(archive: zipfile.ZipFile, checked: Callable[[str, bytes], bytes]) -> bytes:
    """Return an uncompressed archive; `checked` gets each name and content and returns what to store."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as plain:
        for name in archive.namelist():
            plain.writestr(name, checked(name, unpack(archive, name)))
    return buffer.getvalue()
