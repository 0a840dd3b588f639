"""What a file is by its first bytes: all that the web tier looks at."""

from __future__ import annotations

from scheduling.uploads.refusals import Refused

ZIP = b"PK\x03\x04"
BEGINNINGS = (
    (b"PK\x05\x06", "empty_zip"),
    (b"\x80\x02", "pickle"),
    (b"\x80\x03", "pickle"),
    (b"\x80\x04", "pickle"),
    (b"\x80\x05", "pickle"),
    (b"\x1f\x8b", "compressed"),  # gzip
    (b"\x78\x01", "compressed"),  # zlib, at its levels
    (b"\x78\x5e", "compressed"),
    (b"\x78\x9c", "compressed"),
    (b"\x78\xda", "compressed"),
    (b"BZh", "compressed"),
    (b"\xfd7zXZ\x00", "compressed"),
    (b"\x5d\x00\x00", "compressed"),  # lzma
    (b"\x04\x22\x4d\x18", "compressed"),  # lz4
    (b"\x89HDF", "hdf5"),
)


def refuse_other_kinds(content: bytes) -> None:
    """Raise `Refused` with the way to convert, unless the file begins as a zip with something in it."""
    if content.startswith(ZIP):
        return
    if not content:
        raise Refused("empty_file")
    for beginning, code in BEGINNINGS:
        if content.startswith(beginning):
            raise Refused(code)
    if content[:1] == b"\x08" and content[2:3] in (b"\x12", b"\x1a", b"\x3a"):  # fields of ONNX's ModelProto
        raise Refused("onnx")
    raise Refused("text" if _is_text(content[:200]) else "unknown_file")


def _is_text(beginning: bytes) -> bool:
    """Whether it could be read; the last character may be cut."""
    text = beginning.decode("utf-8", errors="replace").rstrip("�")
    return bool(text) and all(char.isprintable() or char.isspace() for char in text) and "�" not in text
