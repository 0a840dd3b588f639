"""What may be told of an error: our own words to everybody, those of others to few or to nobody.

Our errors speak of names, counts and limits. What a library says may quote a cell of data: whoever turns its
error into one of ours names its kind, and raises `from` it.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from pathlib import Path

PROJECT = Path(__file__).parents[2]
OUT_OF_MEMORY = re.compile(
    r"MemoryError|bad_alloc|bad allocation|ailed to allocate|memory allocation of|annot allocate"
    r"|out of memory|failed to map segment"
)


def is_ours(error: BaseException) -> bool:
    """Whether its text was written here, and so holds no value of data."""
    room = sys.modules.get(type(error).__module__.partition(".")[0])
    file = getattr(room, "__file__", None)
    return file is not None and Path(file).parents[1] == PROJECT


def kind_of(error: BaseException) -> str:
    """Name its type, and what the system's number or a library's words make plain: no word is a library's."""
    name = type(error).__name__
    if isinstance(error, OSError) and isinstance(error.errno, int):
        return f"{name}: {os.strerror(error.errno)}"
    return f"{name}: out of memory" if OUT_OF_MEMORY.search(f"{name} {error}") else name


def plain_text(error: BaseException) -> str:
    """What everybody may read: the text of an error of ours, the kind of any other."""
    return str(error) if is_ours(error) else kind_of(error)


def public_text(error: BaseException) -> str:
    """The same with the kind before it, always."""
    return f"{type(error).__name__}: {error}" if is_ours(error) else kind_of(error)


def private_text(error: BaseException, *, redacted: bool) -> str:
    """What those may read who may read the data: the traceback with all its texts.

    Where features are redacted nobody may: it is the bare traceback then.
    """
    return bare_traceback(error) if redacted else "".join(traceback.format_exception(error))


def bare_traceback(error: BaseException) -> str:
    """Where it was raised, and what it was raised by, in lines of code and public texts."""
    parts: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(parts) < 20:
        parts.append("".join(traceback.format_tb(cause.__traceback__)) + public_text(cause))
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "\n\n".join(reversed(parts))
