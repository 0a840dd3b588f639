"""The kind of a file by its first bytes, which is all that the web tier looks at."""

from scheduling.uploads.refusals import Refused

ZIP = b"PK\x03\x04"
BEGINNINGS = {
    "empty_zip": (b"PK\x05\x06",),
    "pickle": (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"),
    "compressed": (
        *(b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x5d\x00\x00", b"\x04\x22\x4d\x18"),  # gzip to lz4
        *(b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"),  # zlib at its levels
    ),
    "hdf5": (b"\x89HDF",),
}


def refuse_other_kinds(content: bytes) -> None:
    """Raise `Refused` with the way to convert, unless the file begins as a zip archive that is not empty."""
    if content.startswith(ZIP):
        return
    if not content:
        raise Refused("empty_file")
    for code, beginnings in BEGINNINGS.items():
        if content.startswith(beginnings):
            raise Refused(code)
    if content[:1] == b"\x08" and content[2:3] in (b"\x12", b"\x1a", b"\x3a"):  # fields of ONNX's ModelProto
        raise Refused("onnx")
    text = content[:200].decode("utf-8", errors="replace").rstrip("�")  # the last character may be cut
    is_text = bool(text) and all((char.isprintable() or char.isspace()) and char != "�" for char in text)
    raise Refused("text" if is_text else "unknown_file")
