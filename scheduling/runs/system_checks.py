"""What `manage.py check` says of the functions that settings name: they are looked for and never imported."""

import ast
import sys
from collections.abc import Iterator
from contextlib import suppress
from difflib import get_close_matches
from importlib.machinery import ModuleSpec
from typing import Any

from django.core.checks import CheckMessage, Warning, register

from predictions.conf import config, setting_name


@register
def check_named_functions(**_: Any) -> list[CheckMessage]:
    """Name each that is not where a setting says."""
    named = [
        (key, path) for key in ("SOURCE_CALLABLES", "TRAINERS") for path in getattr(config, key).values()
    ]
    return [
        Warning(f"{setting_name(key)} names {path}. {wrong}", hint=hint, id="scheduling.W008")
        for key, path in named
        for wrong, hint in _missing(path)
    ]


def _missing(path: str) -> Iterator[tuple[str, str]]:
    """Yield what is wrong, and what to do."""
    module, _, function = path.partition(":")
    spec, source = _spec_of(module), None
    if spec is None:
        yield f"There is no module {module}.", "Correct it, or install its package where runs are done."
        return
    with suppress(Exception):  # a loader of the project's own; whoever imports the module says more
        source = spec.loader.get_source(module)  # type: ignore[union-attr]
    try:
        names = _names_in(source)
    except SyntaxError as error:
        yield f"Python cannot read {spec.origin}: {error.msg}, line {error.lineno}.", "Correct the file."
        return
    if names and function not in names:
        near = get_close_matches(function, names, n=1)
        yield f"The module {module} has no {function}.", f"Write {near[0]}." if near else "Correct it."


def _spec_of(module: str) -> ModuleSpec | None:
    """Find a module without importing its packages, which the web server may not load."""
    spec, name, places = None, "", None
    for part in module.split("."):
        name = f"{name}.{part}".lstrip(".")
        found = (finder.find_spec(name, places) for finder in sys.meta_path)
        spec = next((one for one in found if one), None)
        if spec is None:
            return None
        places = spec.submodule_search_locations or []
    return spec


def _names_in(source: str | None) -> set[str]:
    """Return the names that a module binds; none where others may come from elsewhere."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source or "")):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return set() if {"*", "__getattr__"} & names else names
