"""What another library says, made fit to be shown: one short line without addresses, files and reprs."""

from __future__ import annotations

import re

from predictions.contract.error_texts import OUT_OF_MEMORY

MOST = 300
_NOISE = (
    (re.compile(r"\[ONNXRuntimeError\] : \d+ : \w+ : "), ""),
    (re.compile(r"<class '(?:[\w.]+\.)?(\w+)'>"), r"\1"),
    (re.compile(r"<[\w.]*?(\w+)(?: object)? at 0x[0-9a-fA-F]+>"), r"\1"),
    (re.compile(r" at 0x[0-9a-fA-F]+"), ""),
    (re.compile(r"(?:[\w.-]*/)+[\w.-]+\.(?:cc|cpp|h|py|pyx)\b(?::\d+)?:?\s*"), ""),
    (re.compile(r"\s+"), " "),
)


def raise_if_out_of_memory(error: BaseException) -> None:
    """Raise `MemoryError` where memory was what lacked, also where a library says so in its own way."""
    if isinstance(error, MemoryError) or OUT_OF_MEMORY.search(str(error)[:10_000]):
        raise MemoryError from error


def cause_of(error: BaseException) -> str:
    """Return what an exception says of a file, or its name in words where it says nothing.

    Not of data: what a library says of a row may quote it.
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()
    return shown(str(error)) or words


def shown(text: str, most: int = MOST) -> str:
    """Return the beginning of a text from anywhere, as one line that can be printed."""
    line = text[: 4 * most]
    for pattern, instead in _NOISE:
        line = pattern.sub(instead, line)
    line = "".join(char if char.isprintable() else "�" for char in line).strip().rstrip(".")
    return line if len(line) <= most else f"{line[: most - 1]}…"
