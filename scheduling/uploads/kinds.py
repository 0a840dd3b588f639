"""What kind of model file somebody sent, by its first bytes: the name of a file says nothing."""

from enum import StrEnum

from scheduling.uploads.refusals import Refused


class Kind(StrEnum):
    """The kinds that are opened."""

    SKOPS = "skops"
    ONNX = "onnx"
    CATBOOST = "catboost"


OPENED = {b"PK\x03\x04": Kind.SKOPS, b"CBM1": Kind.CATBOOST}
BEGINNINGS = {
    "empty_zip": (b"PK\x05\x06",),
    "pickle": (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"),
    "compressed": (
        *(b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x5d\x00\x00", b"\x04\x22\x4d\x18"),  # gzip to lz4
        *(b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"),  # zlib at its levels
    ),
    "hdf5": (b"\x89HDF",),
}
# ONNX's ModelProto begins with the version of its format, and one of its next fields: producer to opset.
ONNX_VERSION, ONNX_FIELDS = b"\x08", b"\x12\x1a\x22\x28\x32\x3a\x42"


def kind_of(content: bytes) -> Kind:
    """Return the kind of a file, of which the beginning suffices.

    Raises `Refused` with the way to convert what is none of them.
    """
    if not content:
        raise Refused("empty_file")
    for beginning, kind in OPENED.items():
        if content.startswith(beginning):
            return kind
    for code, beginnings in BEGINNINGS.items():
        if content.startswith(beginnings):
            raise Refused(code)
    if content[:1] == ONNX_VERSION and content[2:3] and content[2] in ONNX_FIELDS:
        return Kind.ONNX
    text = content[:200].decode("utf-8", errors="replace").rstrip("�")  # the last character may be cut
    is_text = bool(text) and all((char.isprintable() or char.isspace()) and char != "�" for char in text)
    raise Refused("text" if is_text else "unknown_file")
