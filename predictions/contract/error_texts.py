"""Who may read the text of an error: everybody the text of our own, few or nobody that of a library.

Our errors contain names, counts and limits. A library's text may quote a cell of data: code that turns such
an error into one of ours names its kind, and raises `from` it.
"""

import os
import re
import traceback

from predictions import PACKAGES

OUT_OF_MEMORY = re.compile(
    r"MemoryError|bad_alloc|bad allocation|ailed to allocate|memory allocation of|annot allocate"
    r"|out of memory|failed to map segment"
)


def is_ours(error: BaseException) -> bool:
    """Whether its text was written in this project, and so contains no value of data."""
    return type(error).__module__.partition(".")[0] in PACKAGES


def kind_of(error: BaseException) -> str:
    """Return its type, with the operating system's reason or "out of memory"; never the library's text."""
    name = type(error).__name__
    if isinstance(error, OSError) and isinstance(error.errno, int):
        return f"{name}: {os.strerror(error.errno)}"
    return f"{name}: out of memory" if OUT_OF_MEMORY.search(f"{name} {text_of(error)}") else name


def text_of(error: BaseException) -> str:
    """Return the error's own text, empty where its class cannot make one."""
    try:
        return str(error)
    except Exception:  # it may be of a class of somebody else
        return ""


def plain_text(error: BaseException) -> str:
    """Return what everybody may read: the text of our own error, the kind of any other."""
    return str(error) if is_ours(error) else kind_of(error)


def public_text(error: BaseException) -> str:
    """Return what everybody may read, always with the kind before it."""
    return f"{type(error).__name__}: {error}" if is_ours(error) else kind_of(error)


def private_text(error: BaseException, *, redacted: bool) -> str:
    """Return the traceback with all texts, for readers of the data; the bare one if features are redacted."""
    return bare_traceback(error) if redacted else "".join(traceback.format_exception(error))


def bare_traceback(error: BaseException) -> str:
    """Return the tracebacks of the error and its causes, with public texts only."""
    parts: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(parts) < 20:
        parts.append("".join(traceback.format_tb(cause.__traceback__)) + public_text(cause))
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "\n\n".join(reversed(parts))
