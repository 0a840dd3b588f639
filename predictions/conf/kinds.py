"""The kinds of keys, each with its type and the rule for its values."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from predictions import PACKAGES
from predictions.conf.key import Key

A_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
A_FUNCTION = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
UNTRUSTED = {"numpy", "scipy", "pandas", "pyarrow", "sklearn", "skops", "joblib", "onnx", "onnxruntime"}
UNTRUSTED |= {"lightgbm", "xgboost", "catboost", "django"}


def number(default: int, *, at_least: int = 1, at_most: int | None = None) -> Key[int]:
    """A whole number between the two, both included."""
    bounds = f"from {at_least:,} to {at_most:,}" if at_most else f"of at least {at_least:,}"
    return Key(
        default,
        type=int,
        should=f"a whole number {bounds}",
        rule=lambda value: at_least <= value and (at_most is None or value <= at_most),
    )


def flag(default: bool) -> Key[bool]:
    """True or False."""
    return Key(default, type=bool, should="True or False")


def text(
    default: Any = "", *, pattern: str = r"(?s).*", should: str = "text", secret: bool = False
) -> Key[str]:
    """Text of which the whole matches the pattern."""
    whole = re.compile(pattern)
    return Key(
        default, type=str, should=should, rule=lambda value: bool(whole.fullmatch(value)), secret=secret
    )


def dotted(default: str) -> Key[str]:
    """A function of a module."""
    return text(default, pattern=r"\w+(\.\w+)+", should="the dotted path of a function")


def rate() -> Key[str]:
    """How many requests a caller has in a while."""
    return text(
        pattern=r"([1-9]\d{0,8}/(s|min|hour|day))?",
        should="a number for each s, min, hour or day, such as 600/min, or empty for no limit",
    )


def address(default: Any) -> Key[str]:
    """A URL of the web."""
    return Key(default, type=str, should="a URL such as https://models.example.org", rule=_is_url)


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        is_web = re.fullmatch(r"https?://\S+", value) and parts.hostname
        return bool(is_web) and (parts.port or 1) > 0  # reading the port raises for one that is none
    except ValueError:
        return False


def folder(default: Any) -> Key[Path]:
    """A path that is not the current folder's, which an empty value would stand for."""
    return Key(
        default,
        type=Path,
        accepts=(str, Path),
        should="the path of a folder",
        rule=lambda path: path != Path(),
    )


def names(*, rule: Callable[[str], bool], should: str) -> Key[list[str]]:
    """A list of texts that each follow the rule; empty by default."""
    return Key(
        lambda config: [],
        type=list,
        accepts=(list, tuple),
        should=f"a list of {should}",
        rule=lambda values: all(isinstance(value, str) and rule(value) for value in values),
    )


def dotted_paths(what: str) -> Key[list[str]]:
    """A list of what modules hold."""
    return names(rule=lambda path: "." in path, should=f"dotted paths of {what}")


def table(*, rule: Callable[[str], bool], should: str, secret: bool = False) -> Key[dict[str, str]]:
    """Short names with texts that each follow the rule."""
    return Key(
        lambda config: {},
        type=dict,
        should=f"a dict of names, of letters, digits, _ and -, with {should}",
        rule=lambda values: all(
            isinstance(name, str) and A_NAME.fullmatch(name) and isinstance(value, str) and rule(value)
            for name, value in values.items()
        ),
        secret=secret,
    )


def functions() -> Key[dict[str, str]]:
    """Short names with functions of installed packages."""
    return table(
        rule=lambda path: bool(A_FUNCTION.fullmatch(path)),
        should="functions, each written as package.module:function",
    )


def is_database(url: str) -> bool:
    """Whether a query can be sent there."""
    return url.startswith(("sqlite:///", "postgres://", "postgresql://"))


def holds_files(place: str) -> bool:
    """Whether it is an absolute path, or a bucket."""
    return place.startswith("/") or bool(re.match(r"s3://[^/]", place))


def may_be_trusted(package: str) -> bool:
    """Whether it is a package, and none that would let an upload run anything."""
    return package.isidentifier() and package not in sys.stdlib_module_names | UNTRUSTED | PACKAGES
