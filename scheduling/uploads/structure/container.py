"""The structure of an uploaded file, checked before anything is loaded that could build what is in it.

Only a checked, uncompressed copy is opened later: two readers could see different things in an original.
"""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from importlib.metadata import version
from math import prod

from numpy.lib import format as npy

from scheduling.uploads.kinds import kind_of
from scheduling.uploads.refusals import Refused, megabytes, refuse_larger, refuse_more
from scheduling.uploads.structure import limits
from scheduling.uploads.structure.schema import SCHEMA, Schema, checked_schema

SPARSE_MEMBER = re.compile(r"(?:indices|indptr|format|shape|data|row|col|offsets|_is_array)\.npy", re.ASCII)
READ_HEADER = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
SKOPS_MEMBER = re.compile(r"schema\.json|[\w-]{1,80}\.(?:np[yz]|bin)", re.ASCII)
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)
ENCRYPTED = 0x1
END = struct.Struct("<4s4H2LH")  # the last 22 bytes of a zip archive without a comment
# What the file contains in place of a model <- skops' loader of the outermost object, without "Node".
OTHER_THINGS = {
    "a dict": {"Dict", "DefaultDict"},
    "a list": {"List"},
    "a tuple": {"Tuple"},
    "a set": {"Set"},
    "a plain value": {"Json"},
    "an array": {"NdArray", "MaskedArray"},
    "a matrix": {"SparseMatrix"},
    "a function": {"Function", "Partial", "Method", "OperatorFunc"},
    "a class or a function": {"Type"},
    "a bare tree": {"Tree"},
}


def checked_file(content: bytes) -> tuple[bytes, Schema]:
    """Return an uncompressed zip archive of the same members, and what its schema says. Raises `Refused`.

    1. The first bytes. 2. The archive's list of members. 3. schema.json. 4. Each array, as it is unpacked.
    """
    kind_of(content)
    archive = open_archive(content)
    sizes = {info.filename: info.file_size for info in archive.infolist()}
    if SCHEMA not in sizes:
        raise Refused("no_schema")
    refuse_members(archive, len(content))
    refuse_larger(sizes[SCHEMA], limits.MOST_SCHEMA_BYTES, "large_schema")
    schema = checked_schema(unpack(archive, SCHEMA), sizes)
    if schema.holds != "ObjectNode":
        loader = schema.holds.removesuffix("Node")
        what = next((what for what, loaders in OTHER_THINGS.items() if loader in loaders), "something else")
        raise Refused("no_model", what=what)
    ours = version("scikit-learn")  # which does not promise to read files of other minor versions correctly
    for theirs in sorted(schema.versions):
        if theirs.split(".")[:2] != ours.split(".")[:2]:
            raise Refused("other_version", theirs=theirs, ours=ours)
    return repacked(archive, lambda name, content: _checked_member(name, content, schema)), schema


def _checked_member(name: str, content: bytes, schema: Schema) -> bytes:
    if name == SCHEMA:
        return schema.changed or content
    if name.endswith(".bin"):  # bytes, which XGBoost keeps its boosters in
        return content
    if name.endswith(".npy"):
        return _checked_array(name, content)
    archive = open_archive(content)  # a sparse matrix
    refuse_members(archive, len(content), member=SPARSE_MEMBER)
    return repacked(archive, lambda member, array: _checked_array(f"{name}: {member}", array))


def _checked_array(name: str, content: bytes) -> bytes:
    """Compare an array's header with what follows it; nothing is built. Raises `Refused`."""
    refuse_larger(len(content), limits.MOST_ARRAY_BYTES, "large_array", name=name)
    file = io.BytesIO(content[: limits.MOST_HEADER_BYTES])
    try:
        shape, _, dtype = READ_HEADER[npy.read_magic(file)](file)
    except Exception as error:  # numpy raises whatever it meets in a crafted header
        raise Refused("damaged_array", name=name) from error
    if dtype.hasobject:
        raise Refused("object_array", name=name)
    is_whole = min(shape, default=1) >= 0 and prod(shape) * dtype.itemsize == len(content) - file.tell()
    is_long = prod(shape) == 0 and max(shape) > limits.MOST_EMPTY_LENGTH
    if not is_whole or dtype.itemsize == 0 or is_long:
        raise Refused("damaged_array", name=name)
    return content


def open_archive(content: bytes) -> zipfile.ZipFile:
    """Return the archive if it does not have too many members. Raises `Refused`."""
    # zipfile reads the whole list of members before it can be counted: look at the last bytes first.
    if len(content) < END.size or not (end := END.unpack(content[-END.size :]))[0] == b"PK\x05\x06":
        raise Refused("damaged_zip")
    if end[4] > limits.MOST_MEMBERS or end[5] > limits.MOST_DIRECTORY_BYTES:
        raise Refused("many_members", most=limits.MOST_MEMBERS)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except UNREADABLE as error:
        raise Refused("damaged_zip") from error
    refuse_more(len(archive.infolist()), limits.MOST_MEMBERS, "many_members")
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
    refuse_larger(size, limits.MOST_UNPACKED_BYTES, "large_unpacked")
    if size > max(limits.GROWTH_FREE_BYTES, limits.MOST_GROWTH * packed):
        most = limits.MOST_GROWTH
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
