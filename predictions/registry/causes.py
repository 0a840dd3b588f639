"""What may be shown of text from anywhere, and what an error of another library was about, in words of ours.

The words of libraries are not shown: they may quote a cell of the data, or what a model learned of one.
"""

from __future__ import annotations

import re

from predictions.contract.error_texts import OUT_OF_MEMORY


def raise_if_out_of_memory(error: BaseException) -> None:
    """Raise `MemoryError` where memory was what lacked, also where a library says so in its own way."""
    if isinstance(error, MemoryError) or OUT_OF_MEMORY.search(str(error)[:10_000]):
        raise MemoryError from error


def kind_in_words(error: BaseException) -> str:
    """Return an error's name: `KeyError` is "key error"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()


def shown(text: str, most: int = 300) -> str:
    """Return the beginning of a text from anywhere, as one line that can be printed."""
    line = " ".join(text[: 4 * most].split())
    line = "".join(char if char.isprintable() else "�" for char in line)
    return line if len(line) <= most else f"{line[: most - 1]}…"
