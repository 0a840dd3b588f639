"""schema.json of an upload: how much it describes, how deep, and what goes round in circles.

skops makes one object of each part that it describes, and knows a part again by its id. Building, checking
and asking walk along every way to a part, so every way is counted here, before any of them is gone.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scheduling.uploads import structure
from scheduling.uploads.refusals import Refused, megabytes

MARKS = (b"{", b"[", b",")
NAMES = ("__loader__", "__module__", "__class__")
SEARCHES = "sklearn.model_selection._search"


@dataclass
class Schema:
    """What a file says of itself. A part has one description for each time that it is written out."""

    holds: str  # the loader of the whole
    name: str  # the class of the whole
    skops: str  # the version that wrote it
    root: int = 0
    parts: dict[int, list[list[int]]] = field(default_factory=lambda: defaultdict(list))  # parts in it
    estimators: set[int] = field(default_factory=set)
    arrays: dict[int, int] = field(default_factory=dict)  # bytes
    versions: set[str] = field(default_factory=set)  # of scikit-learn
    searches: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, whole: dict[str, Any]) -> Schema:
        """With what the outermost part says."""
        said = (str(whole.get(name))[:80] for name in ("__loader__", "__class__", "_skops_version"))
        holds, name, skops = said
        return cls(holds=holds, name=name, skops=skops)


def checked_schema(raw: bytes, sizes: dict[str, int]) -> Schema:
    """Return what a schema.json says; `sizes` are those of the zip's members. Raises `Refused`."""
    schema = _walk(_parsed(raw), sizes)
    if sum(schema.arrays.values()) > structure.MOST_UNPACKED_BYTES:
        raise Refused("large_arrays", most=megabytes(structure.MOST_UNPACKED_BYTES))
    _measure(schema)
    return schema


def _parsed(raw: bytes) -> dict[str, Any]:
    """The JSON, counted by its brackets and commas before each becomes an object in memory."""
    if sum(raw.count(mark) for mark in MARKS) > structure.MOST_MARKS:
        raise Refused("many_nodes", most=structure.MOST_NODES)
    try:
        parsed = json.loads(raw)
    except RecursionError:
        raise Refused("deep_schema", most=structure.DEEPEST_JSON) from None
    except ValueError:
        raise Refused("damaged_schema", cause="it is no JSON") from None
    if not isinstance(parsed, dict) or not isinstance(parsed.get("__loader__"), str):
        raise Refused("damaged_schema", cause="it does not begin with an object")
    return parsed


def _walk(whole: dict[str, Any], sizes: dict[str, int]) -> Schema:
    """Go through all of the JSON once, without recursion."""
    schema, seen = Schema.of(whole), 0
    top: list[int] = []
    waiting: list[tuple[Any, list[int], int]] = [(whole, top, 1)]
    while waiting:
        value, siblings, depth = waiting.pop()
        seen += 1
        if seen > structure.MOST_NODES:
            raise Refused("many_nodes", most=structure.MOST_NODES)
        if depth > structure.DEEPEST_JSON:
            raise Refused("deep_schema", most=structure.DEEPEST_JSON)
        inside = _take(value, siblings, schema, sizes) if isinstance(value, dict) else siblings
        waiting += [(item, inside, depth + 1) for item in _containers(value)]
    schema.root = top[0]
    return schema


def _containers(value: dict[str, Any] | list[Any]) -> Iterator[Any]:
    items = value.values() if isinstance(value, dict) else value
    return (item for item in items if isinstance(item, dict | list))


def _take(value: dict[str, Any], siblings: list[int], schema: Schema, sizes: dict[str, int]) -> list[int]:
    """Note a part; return the list to which the parts inside it are to be added."""
    _note_version(value.get("_sklearn_version"), schema)
    loader = value.get("__loader__")
    if not isinstance(loader, str):  # names and parts, of which one may be called so
        return siblings
    if loader != "CachedNode" and not all(isinstance(value.get(name), str) for name in NAMES):
        raise Refused("damaged_schema", cause="a part does not say what it is")
    part = _id_of(value, schema)
    siblings.append(part)
    if loader == "JsonNode":
        _refuse_nested_json(value.get("content"))
    if loader == "ObjectNode":
        _note_object(value, part, schema)
    if (file := value.get("file")) is not None:
        schema.arrays[part] = max(_size_of(file, sizes), schema.arrays.get(part, 0))
    schema.parts[part].append([])
    return schema.parts[part][-1]


def _id_of(value: dict[str, Any], schema: Schema) -> int:
    """Its id, by which it is met again; a negative one where it has none."""
    part = value.get("__id__")
    if part is None:
        return -1 - len(schema.parts)
    if not isinstance(part, int) or isinstance(part, bool) or part <= 0:
        raise Refused("damaged_schema", cause="an id is no positive whole number")
    return part


def _note_version(version: Any, schema: Schema) -> None:
    """Of scikit-learn, as its estimators note it: text. The word may be one of a vocabulary, too."""
    content = version.get("content") if isinstance(version, dict) else None
    if isinstance(content, str) and content.startswith('"'):
        schema.versions.add(content.strip('"')[:40])


def _note_object(value: dict[str, Any], part: int, schema: Schema) -> None:
    schema.estimators.add(part)
    if len(schema.estimators) > structure.MOST_ESTIMATORS:
        raise Refused("many_estimators", most=structure.MOST_ESTIMATORS)
    if str(value.get("__module__")).startswith(SEARCHES):
        schema.searches.add(str(value.get("__class__")))


def _size_of(file: Any, sizes: dict[str, int]) -> int:
    if not isinstance(file, str) or file not in sizes:
        raise Refused("damaged_schema", cause="it names a file that is not in the zip")
    return sizes[file]


def _refuse_nested_json(content: Any) -> None:
    """Text, a number, true, false or null stand there; JSON in JSON would be uncounted."""
    try:
        plain = isinstance(content, str) and content.lstrip()[:1] not in ("[", "{")
        json.loads(content if plain else "")
    except ValueError:
        raise Refused("damaged_schema", cause="a value is no plain one") from None


def _measure(schema: Schema) -> None:
    """Refuse circles, and what is too much or too deep when each part is met along all ways to it."""
    sizes: dict[int, int] = {}
    depths: dict[int, int] = {}
    nested: dict[int, int] = {}
    entered: set[int] = set()
    waiting = [(schema.root, False)]
    while waiting:
        part, is_left = waiting.pop()
        if is_left:
            entered.discard(part)
            descriptions = schema.parts[part]
            sizes[part] = 1 + max(sum(sizes[one] for one in parts) for parts in descriptions)
            depths[part] = 1 + max((depths[one] for parts in descriptions for one in parts), default=0)
            deepest = max((nested[one] for parts in descriptions for one in parts), default=0)
            nested[part] = deepest + (part in schema.estimators)
            _refuse_measures(sizes[part], depths[part], nested[part])
        elif part in entered:
            raise Refused("circle")
        elif part not in sizes:
            entered.add(part)
            waiting.append((part, True))
            waiting += [(one, False) for parts in schema.parts[part] for one in parts if one not in sizes]


def _refuse_measures(size: int, depth: int, estimators: int) -> None:
    if size > structure.MOST_NODES:
        raise Refused("many_nodes", most=structure.MOST_NODES)
    if depth > structure.DEEPEST_NODES:
        raise Refused("deep_schema", most=structure.DEEPEST_NODES)
    if estimators > structure.DEEPEST_ESTIMATORS:
        raise Refused("deep_estimators", most=structure.DEEPEST_ESTIMATORS)
