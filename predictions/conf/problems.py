"""What is wrong with a `MODEL_DELIVERY`, for `manage.py check` and for who reads an environment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from predictions.conf.config import Config
from predictions.conf.key import Key
from predictions.conf.naming import setting_name

KEYS: Mapping[str, Key[Any]] = {name: key for name, key in vars(Config).items() if isinstance(key, Key)}
FILES = ("DASK_TLS_CA", "DASK_TLS_CERT", "DASK_TLS_KEY")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One of them: a clause on the key, or on the whole where `key` is empty."""

    id: str
    key: str = ""
    clause: str
    remedy: str

    def __str__(self) -> str:
        return f"{setting_name(self.key) if self.key else 'MODEL_DELIVERY'} {self.clause}"


def problems(given: object) -> list[Problem]:
    """Return all of them, in the order of the keys that were given."""
    if not isinstance(given, dict):
        clause = f"should be a dict, and is of the type {type(given).__name__}."
        return [
            Problem(
                id="predictions.E020",
                clause=clause,
                remedy='Write it as MODEL_DELIVERY = {"MAX_ROWS": 5000}.',
            )
        ]
    found = [problem for name, value in given.items() for problem in _of_key(name, value)]
    return found + [problem for problem in _together(given) if problem.key not in {one.key for one in found}]


def _of_key(name: object, value: Any) -> Iterator[Problem]:
    if not isinstance(name, str) or name not in KEYS:
        yield Problem(id="predictions.E021", key=str(name), clause="is no key.", remedy=_nearest(str(name)))
        return
    key = KEYS[name]
    if not key.has_type(value):
        yield Problem(id="predictions.E022", key=name, clause=key.refusal(value), remedy=_of_default(key))
    elif not key.follows_rule(value):
        yield Problem(id="predictions.E023", key=name, clause=key.refusal(value), remedy=_of_default(key))


def _nearest(name: str) -> str:
    near = get_close_matches(name.upper(), KEYS, n=1)
    return f"Write {near[0]}." if near else "Take it out; docs/settings.md lists all keys."


def _of_default(key: Key[Any]) -> str:
    if callable(key.default):
        return "Correct it, or take it out for the default."
    return f"Correct it, or take it out for the default, {key.default!r}."


def _together(given: Mapping[str, Any]) -> Iterator[Problem]:
    if str(given.get("DASK_SCHEDULER", "")).startswith("tls://") and not all(map(given.get, FILES)):
        yield Problem(
            id="predictions.E024",
            key="DASK_SCHEDULER",
            clause="begins with tls://, and a file for it is missing.",
            remedy=f"Name the files {', '.join(FILES)}.",
        )
