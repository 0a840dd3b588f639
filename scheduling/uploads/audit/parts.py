"""Every object inside a model, at any depth, once; and how one that was crafted is refused."""

from collections.abc import Iterator
from typing import Any

from scheduling.uploads.refusals import Refused


def parts_of(model: Any) -> Iterator[Any]:
    """Yield the model and everything that it holds, each once, without recursion."""
    seen: set[int] = set()
    waiting = [model]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str | int | float | None) or id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        waiting += _inside(part)


def _inside(part: Any) -> list[Any]:
    if isinstance(part, dict):
        return list(part.values())
    if isinstance(part, list | tuple | set):
        return list(part)
    if getattr(part, "dtype", None) == "object":
        return list(getattr(part, "flat", ()))
    return [] if isinstance(part, type) else list(getattr(part, "__dict__", {}).values())


def refuse_unless(is_sound: Any, part: Any, fault: str) -> None:
    """Raise `Refused` with the fault of a part, unless it is sound."""
    if not is_sound:
        raise Refused("crafted", name=type(part).__name__, fault=fault)


def has_fitted(part: Any, *names: str) -> bool:
    """Whether a part has these attributes: a template that was never fitted has not."""
    return all(hasattr(part, name) for name in names)
