"""Arrays as numpy and scipy store them: the first line is compared with what follows; nothing is built."""

from __future__ import annotations

import re
from math import prod

from scheduling.uploads import structure
from scheduling.uploads.archive import open_archive, refuse_members, repacked
from scheduling.uploads.refusals import Refused, megabytes

MAGIC = b"\x93NUMPY"
NUMBER = r"'[<>|=]?[biufcSUVmM]\d*(?:\[\w+\])?'"
FIELD = rf"\('\w*', {NUMBER}(?:, \([\d, ]*\))?\)"
HEADER = re.compile(
    rf"\{{'descr': (?P<of>{NUMBER}|\[{FIELD}(?:, {FIELD})*\]), 'fortran_order': (?:True|False), "
    r"'shape': \((?P<shape>[\d, ]{0,400})\), \}\s*",
    re.ASCII,
)
PYTHON_OBJECTS = re.compile(r"'[<>|=]?O\d*'")
ITEM = re.compile(r"'[<>|=]?(?P<kind>[A-Za-z])(?P<size>\d*)(?:\[\w+\])?'(?:, \((?P<shape>[\d, ]*)\))?\)?")
NAME = re.compile(r"\('\w*', ")
SPARSE_MEMBER = re.compile(r"(?:indices|indptr|format|shape|data|row|col|offsets|_is_array)\.npy", re.ASCII)


def checked_npy(name: str, content: bytes) -> bytes:
    """Return the content of an array that is what it says. Raises `Refused`."""
    if len(content) > structure.MOST_ARRAY_BYTES:
        sizes = {"size": megabytes(len(content)), "most": megabytes(structure.MOST_ARRAY_BYTES)}
        raise Refused("large_array", name=name, **sizes)
    header, start = _header(name, content)
    told = HEADER.fullmatch(header)
    if told is None:
        raise Refused("object_array" if PYTHON_OBJECTS.search(header) else "damaged_array", name=name)
    shape = _numbers(told["shape"])
    if prod(shape) * _item_bytes(told["of"]) != len(content) - start:
        raise Refused("damaged_array", name=name)
    if prod(shape) == 0 and max(shape) > structure.MOST_EMPTY_LENGTH:
        raise Refused("damaged_array", name=name)
    return content


def checked_npz(name: str, content: bytes) -> bytes:
    """Return a sparse matrix, a zip of arrays, packed anew. Raises `Refused`."""
    archive = open_archive(content)
    refuse_members(archive, len(content), member=SPARSE_MEMBER)
    return repacked(archive, lambda member, array: checked_npy(f"{name}: {member}", array))


def _header(name: str, content: bytes) -> tuple[str, int]:
    """The text before the numbers, and where these begin."""
    wide = content[6:7] != b"\x01"  # version 1 has two bytes for the length, 2 and 3 have four
    start = 12 if wide else 10
    length = int.from_bytes(content[8:start], "little")
    if not content.startswith(MAGIC) or length > structure.MOST_HEADER_BYTES:
        raise Refused("damaged_array", name=name)
    return content[start : start + length].decode("latin-1"), start + length


def _item_bytes(description: str) -> int:
    """How long one item is: of one kind, or of several fields one behind the other."""
    return sum(
        prod(_numbers(item["shape"] or "")) * int(item["size"] or 1) * (4 if item["kind"] == "U" else 1)
        for item in ITEM.finditer(NAME.sub("", description))
    )


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]
