"""The structure of an uploaded file, judged before anything is loaded that could build what is in it."""

from __future__ import annotations

from importlib.metadata import version

from scheduling.uploads import structure
from scheduling.uploads.archive import open_archive, refuse_members, repacked, unpack
from scheduling.uploads.arrays import checked_npy, checked_npz
from scheduling.uploads.kinds import refuse_other_kinds
from scheduling.uploads.refusals import Refused, megabytes
from scheduling.uploads.schema import Schema, checked_schema

SCHEMA = "schema.json"
# What a file holds whose outermost part has another loader than an object's.
OTHER_THINGS = {
    "DictNode": "a dict",
    "DefaultDictNode": "a dict",
    "ListNode": "a list",
    "TupleNode": "a tuple",
    "SetNode": "a set",
    "JsonNode": "a plain value",
    "NdArrayNode": "an array",
    "MaskedArrayNode": "an array",
    "SparseMatrixNode": "a matrix",
    "FunctionNode": "a function",
    "PartialNode": "a function",
    "MethodNode": "a function",
    "OperatorFuncNode": "a function",
    "TypeNode": "a class or a function",
    "TreeNode": "a bare tree",
}


def checked_file(content: bytes) -> tuple[bytes, Schema]:
    """Return a plain zip of the same members, and what its schema says. Raises `Refused`.

    1. The first bytes. 2. The zip's own list of members. 3. schema.json. 4. Each array, as it is unpacked.
    """
    refuse_other_kinds(content)
    archive = open_archive(content)
    sizes = {info.filename: info.file_size for info in archive.infolist()}
    if SCHEMA not in sizes:
        raise Refused("no_schema")
    refuse_members(archive, len(content))
    if (size := sizes[SCHEMA]) > structure.MOST_SCHEMA_BYTES:
        raise Refused("large_schema", size=megabytes(size), most=megabytes(structure.MOST_SCHEMA_BYTES))
    schema = checked_schema(unpack(archive, SCHEMA), sizes)
    _refuse_other_things(schema)
    _refuse_other_versions(schema)
    return repacked(archive, _checked_member), schema


def _checked_member(name: str, content: bytes) -> bytes:
    if name == SCHEMA:
        return content
    return checked_npy(name, content) if name.endswith(".npy") else checked_npz(name, content)


def _refuse_other_things(schema: Schema) -> None:
    if schema.holds != "ObjectNode":
        raise Refused("no_model", what=OTHER_THINGS.get(schema.holds, "something else"))


def _refuse_other_versions(schema: Schema) -> None:
    """Refuse what another minor version wrote: scikit-learn does not say that it reads it right."""
    ours = version("scikit-learn")
    for theirs in sorted(schema.versions):
        if theirs.split(".")[:2] != ours.split(".")[:2]:
            raise Refused("other_version", theirs=theirs, ours=ours)
