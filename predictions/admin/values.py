"""Values and lists of values as people type them: no JSON, except for a list inside of a list."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

LARGEST = 2**53
DECODER = json.JSONDecoder()
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
TRUTHS = {"true": True, "false": False}
NAMED = {**TRUTHS, "none": None}
HOW = 'In double quotes a value is a text, whatever it looks like: "1".'


def read_bare(text: str, named: Mapping[str, Any]) -> Any:
    """Read a number, one of `named`, or else a text. Raises `ValidationError`."""
    if text.lower() in named:
        return named[text.lower()]
    if not NUMBER.fullmatch(text):
        return text
    value = float(text)
    if abs(value) > LARGEST:
        raise ValidationError(f"Use numbers up to {LARGEST:,}.", code="excessive")
    return value if re.search(r"[.eE]", text) else int(text)


def read_values(text: str) -> list[Any]:
    """Read what commas separate: also true, false, none, texts in quotes, lists. Raises `ValidationError`."""
    found, rest = [], text.strip().removesuffix(",").rstrip()
    while rest:
        if rest[0] in '"[':
            value, end = _quoted(rest)
        else:
            end = rest.find(",") if "," in rest else len(rest)
            value = read_bare(rest[:end].strip(), NAMED)
        found.append(value)
        rest = rest[end:].lstrip()
        if (value == "" and not end) or (rest and rest[0] != ","):
            raise ValidationError(f"Write one comma between two values, before {rest[:20]}.", code="invalid")
        rest = rest[1:].lstrip()
    return found


def _quoted(text: str) -> tuple[Any, int]:
    """Return a text in quotes, or a list in brackets, and where it ends."""
    try:
        value, end = DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        what = 'A value in double quotes ends with them; a list in brackets is like [10, 5] or ["a", "b"].'
        raise ValidationError(what, code="invalid") from None
    if isinstance(value, list) and not all(map(_is_plain, value)):
        raise ValidationError("A list in brackets holds numbers and texts only.", code="excessive")
    return value, end


def _is_plain(value: Any) -> bool:
    return (
        value is None or isinstance(value, str) or (isinstance(value, int | float) and abs(value) <= LARGEST)
    )


def write_value(value: Any) -> str:
    """Write a value so that `read_values` reads the same."""
    if value is None:
        return "none"
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    is_plain = _is_line(value) and value[0] != "[" and "," not in value and _is_text(value, NAMED)
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def _is_text(text: str, named: Mapping[str, Any]) -> bool:
    return text.lower() not in named and not NUMBER.fullmatch(text)


def _is_line(text: str) -> bool:
    """Whether a text may stand on a line as it is."""
    return text != "" and text == text.strip() and text[0] != '"' and text.isprintable()


def write_values(values: Iterable[Any]) -> str:
    """Write a list."""
    return ", ".join(map(write_value, values))


class LinesField(forms.CharField):
    """A list with a value on each line: texts, or if `typed` also numbers, true and false."""

    def __init__(self, *, typed: bool = False, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 4, "cols": 30}), **kwargs)
        self.typed = typed

    def to_python(self, value: Any) -> Any:
        """Read each line that is not empty."""
        lines = [line.strip() for line in (super().to_python(value) or "").splitlines()]
        return [self._read(line) for line in lines if line]

    def _read(self, line: str) -> Any:
        if line[0] == '"':
            value, end = _quoted(line)
            if end == len(line):
                return value
        return read_bare(line, TRUTHS) if self.typed else line

    def prepare_value(self, value: Any) -> Any:
        """Show a list; what was refused is shown as it was typed."""
        return "\n".join(map(self._write, value)) if isinstance(value, list) else value

    def _write(self, value: Any) -> str:
        if not isinstance(value, str):
            return write_value(value)
        is_plain = _is_line(value) and (not self.typed or _is_text(value, TRUTHS))
        return value if is_plain else json.dumps(value, ensure_ascii=False)
