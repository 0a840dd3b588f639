"""Answers off the wire, and whether the version that one names computed it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

HEAD_END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
VERSION = re.compile(rb"\r\nx-model-version: *([^\r]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Expected:
    """What one version says: the name it gives itself and its label for each row."""

    name: str
    outputs: list[Any]


@dataclass(frozen=True)
class Reply:
    """A whole answer off the wire; `version` is None where the header is missing."""

    status: int
    version: str | None
    body: bytes


def take(received: bytes) -> Reply | None:
    """Return the answer if all of it has arrived. Raises `ValueError` for what is no such answer."""
    head, found, body = received.partition(HEAD_END)
    if not found:
        return None
    length = LENGTH.search(head)
    if length is None or not head.startswith(b"HTTP/1.1 "):
        raise ValueError(f"no answer with a length: {head[:80]!r}")
    if len(body) < int(length[1]):
        return None
    if len(body) > int(length[1]):
        raise ValueError("more than was announced")
    version = VERSION.search(head)
    return Reply(int(head[9:12]), version[1].decode() if version else None, body)


def what_is_wrong(reply: Reply, row: int, expected: Mapping[str, Expected], output_name: str) -> str | None:
    """Return why the answer to this row is not that of the version it names; None where it is."""
    version = expected.get(reply.version or "")
    if version is None:
        return f"names no version that was live: {reply.version}"
    answer = {output_name: version.outputs[row], "model": version.name}
    if json.loads(reply.body) != answer:
        return f"{reply.version} would answer {answer}, not {reply.body!r}"
    return None
