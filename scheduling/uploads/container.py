"""The structure of an uploaded file, checked before anything is loaded that could build what is in it."""

import io
import re
from importlib.metadata import version
from math import prod

from numpy.lib import format as npy

from scheduling.uploads import structure
from scheduling.uploads.archive import open_archive, refuse_members, repacked, unpack
from scheduling.uploads.kinds import refuse_other_kinds
from scheduling.uploads.refusals import Refused, refuse_larger
from scheduling.uploads.schema import Schema, checked_schema

SCHEMA = "schema.json"
SPARSE_MEMBER = re.compile(r"(?:indices|indptr|format|shape|data|row|col|offsets|_is_array)\.npy", re.ASCII)
READ_HEADER = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
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
    refuse_other_kinds(content)
    archive = open_archive(content)
    sizes = {info.filename: info.file_size for info in archive.infolist()}
    if SCHEMA not in sizes:
        raise Refused("no_schema")
    refuse_members(archive, len(content))
    refuse_larger(sizes[SCHEMA], structure.MOST_SCHEMA_BYTES, "large_schema")
    schema = checked_schema(unpack(archive, SCHEMA), sizes)
    if schema.holds != "ObjectNode":
        loader = schema.holds.removesuffix("Node")
        what = next((what for what, loaders in OTHER_THINGS.items() if loader in loaders), "something else")
        raise Refused("no_model", what=what)
    ours = version("scikit-learn")  # which does not promise to read files of other minor versions correctly
    for theirs in sorted(schema.versions):
        if theirs.split(".")[:2] != ours.split(".")[:2]:
            raise Refused("other_version", theirs=theirs, ours=ours)
    return repacked(archive, _checked_member), schema


def _checked_member(name: str, content: bytes) -> bytes:
    if name == SCHEMA:
        return content
    if name.endswith(".npy"):
        return _checked_array(name, content)
    archive = open_archive(content)  # a sparse matrix
    refuse_members(archive, len(content), member=SPARSE_MEMBER)
    return repacked(archive, lambda member, array: _checked_array(f"{name}: {member}", array))


def _checked_array(name: str, content: bytes) -> bytes:
    """Compare an array's header with what follows it; nothing is built. Raises `Refused`."""
    refuse_larger(len(content), structure.MOST_ARRAY_BYTES, "large_array", name=name)
    file = io.BytesIO(content[: structure.MOST_HEADER_BYTES])
    try:
        shape, _, dtype = READ_HEADER[npy.read_magic(file)](file)
    except Exception as error:  # numpy raises whatever it meets in a crafted header
        raise Refused("damaged_array", name=name) from error
    if dtype.hasobject:
        raise Refused("object_array", name=name)
    is_whole = min(shape, default=1) >= 0 and prod(shape) * dtype.itemsize == len(content) - file.tell()
    if not is_whole or dtype.itemsize == 0:
        raise Refused("damaged_array", name=name)
    if prod(shape) == 0 and max(shape) > structure.MOST_EMPTY_LENGTH:
        raise Refused("damaged_array", name=name)
    return content
