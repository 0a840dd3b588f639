"""Reads what the environment sets: the keys of `MODEL_DELIVERY`, and values of Django's settings."""

import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvValidationError, ValidationError

from predictions.conf.problems import KEYS, problems

PARSED_BY = {int: "int", bool: "bool", str: "str", Path: "path", list: "list", dict: "json"}


def model_delivery(env: Env) -> dict[str, Any]:
    """Return the keys that the environment has, each parsed as the type that it should be."""
    found = {name: key.type for name, key in KEYS.items() if name in os.environ}
    return {name: getattr(env, PARSED_BY[type_of])(name) for name, type_of in found.items()}


def refuse_bad_values(env: Env, given: dict[str, Any]) -> None:
    """Raise `ImproperlyConfigured`, which names all of them, unless all that was read can be used."""
    wrong: dict[str, str] = {}
    try:
        env.seal()
    except EnvValidationError as error:
        by_name: Any = error.error_messages
        wrong = {name: " ".join(why) for name, why in by_name.items()}
    for problem in problems(given):
        wrong.setdefault(problem.key, f"{problem.clause} {problem.remedy}")
    if wrong:
        said = "; ".join(f"{name}: {why}" for name, why in wrong.items())
        raise ImproperlyConfigured(f"These environment variables have a wrong value: {said}") from None


def origins(values: list[str]) -> None:
    """Raise `ValidationError` for an origin without a scheme, which Django would report only in a check."""
    if any("://" not in value for value in values):
        raise ValidationError("Each origin should start with a scheme, such as https://example.com.")


def path_prefix(value: str) -> None:
    """Raise `ValidationError` for what is no path; it may be empty."""
    if not re.fullmatch(r"(/[\w.~-]+)*", value):
        raise ValidationError("Input should be the path below which a proxy serves the program, such as /ml.")


def apps(values: list[str]) -> None:
    """Raise `ValidationError` for an app that is not installed."""
    for value in values:
        found = all(part.isidentifier() for part in value.split(".")) and find_spec(value.partition(".")[0])
        if not found:
            raise ValidationError(f"There is no package {value}. Install it, or correct its name.")
