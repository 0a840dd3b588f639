"""Functions of installed packages that settings name as `package.module:function`."""

import importlib
from collections.abc import Callable
from typing import Any


class NotImportable(Exception):
    """There is no such function; the message says what is missing."""


def function_at(path: str) -> Callable[..., Any]:
    """Import and return it. Raises `NotImportable`, or whatever its module raises."""
    module, _, function = path.partition(":")
    try:
        found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    except ModuleNotFoundError as error:
        raise NotImportable(f"{path} cannot be imported: there is no module {error.name}.") from error
    except AttributeError as error:
        if hasattr(error, "obj") and getattr(error.obj, "__name__", "") == module:
            raise NotImportable(f"The module {module} has no function {function}.") from None
        raise
    return found
