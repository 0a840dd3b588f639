"""schema.json of an upload: how much it describes, how deep it is nested, and whether it refers to itself.

Building, checking and predicting follow every way to a part, so every way is counted here, before.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from scheduling.uploads.refusals import Refused, refuse_larger, refuse_more
from scheduling.uploads.structure import limits
from scheduling.uploads.structure.searches import take_best

MARKS = (b"{", b"[", b",")
NAMES = ("__loader__", "__module__", "__class__")
SCHEMA = "schema.json"
BYTES = ("BytesNode", "BytearrayNode")


@dataclass
class Schema:
    """What a file says of itself. A part has one description for each time that it is written out."""

    holds: str  # the loader of the outermost object
    name: str  # its class
    skops: str  # the version that wrote the file
    parts: dict[int, list[list[int]]] = field(default_factory=lambda: defaultdict(list))  # what is inside
    estimators: set[int] = field(default_factory=set)
    arrays: dict[int, int] = field(default_factory=dict)  # bytes
    versions: set[str] = field(default_factory=set)  # of scikit-learn
    searches: list[str] = field(default_factory=list)  # of which only the best estimators are opened
    changed: bytes | None = None  # what to open in place of schema.json
    loaders: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # of each type


def checked_schema(raw: bytes, sizes: dict[str, int]) -> Schema:
    """Return what a schema.json says; `sizes` are those of the archive's members. Raises `Refused`."""
    whole, searches = take_best(_parsed(raw))
    schema = _walk(whole, sizes)
    schema.searches = [name for name in searches if name]
    if searches:
        schema.changed = json.dumps(whole).encode()
    refuse_larger(sum(schema.arrays.values()), limits.MOST_UNPACKED_BYTES, "large_arrays")
    _measure(schema)
    return schema


def _parsed(raw: bytes) -> dict[str, Any]:
    """Parse the JSON, after counting the brackets and commas: each may become an object in memory."""
    if sum(raw.count(mark) for mark in MARKS) > limits.MOST_MARKS:
        raise Refused("many_nodes", most=limits.MOST_NODES)
    try:
        parsed = json.loads(raw)
    except RecursionError:
        raise Refused("deep_schema", most=limits.DEEPEST_JSON) from None
    except ValueError:
        raise Refused("damaged_schema", cause="it is not valid JSON") from None
    if not isinstance(parsed, dict) or not isinstance(parsed.get("__loader__"), str):
        raise Refused("damaged_schema", cause="it does not begin with an object")
    return parsed


def _walk(whole: dict[str, Any], sizes: dict[str, int]) -> Schema:
    """Go through all of the JSON once, without recursion."""
    holds, name, skops = (str(whole.get(key))[:80] for key in ("__loader__", "__class__", "_skops_version"))
    schema, seen = Schema(holds=holds, name=name, skops=skops), 0
    waiting: list[tuple[Any, list[int], int]] = [(whole, [], 1)]
    while waiting:
        value, siblings, depth = waiting.pop()
        seen += 1
        refuse_more(seen, limits.MOST_NODES, "many_nodes")
        refuse_more(depth, limits.DEEPEST_JSON, "deep_schema")
        inside = _take(value, siblings, schema, sizes) if isinstance(value, dict) else siblings
        items = value.values() if isinstance(value, dict) else value
        waiting += [(item, inside, depth + 1) for item in items if isinstance(item, dict | list)]
    return schema


def _take(value: dict[str, Any], siblings: list[int], schema: Schema, sizes: dict[str, int]) -> list[int]:
    """Note a part; return the list to which the parts inside it are to be added."""
    version = value.get("_sklearn_version")  # or a word of a vocabulary, which is called so
    content = version.get("content") if isinstance(version, dict) else None
    if isinstance(content, str) and content.startswith('"'):
        schema.versions.add(content.strip('"')[:40])
    loader = value.get("__loader__")
    if not isinstance(loader, str):  # a dict of names and parts; one of the names may be "__loader__"
        return siblings
    if loader != "CachedNode" and not all(isinstance(value.get(name), str) for name in NAMES):
        raise Refused("damaged_schema", cause="a part does not name its class")
    part = value.get("__id__")  # by which others refer to it
    if part is None:
        part = -1 - len(schema.parts)
    elif type(part) is not int or part <= 0:
        raise Refused("damaged_schema", cause="an id is not a positive integer")
    siblings.append(part)
    schema.loaders[f"{value.get('__module__')}.{value.get('__class__')}"].add(loader)
    if loader == "JsonNode":
        _refuse_nested_json(value.get("content"))
    if loader == "ObjectNode":
        schema.estimators.add(part)
        refuse_more(len(schema.estimators), limits.MOST_ESTIMATORS, "many_estimators")
    if (file := value.get("file")) is not None:
        if not isinstance(file, str) or file not in sizes:
            raise Refused("damaged_schema", cause="it names a file that the zip archive does not contain")
        if file.endswith(".bin") != (loader in BYTES):  # the others are checked as arrays
            raise Refused("damaged_schema", cause="it names a file of another kind than its part")
        schema.arrays[part] = max(sizes[file], schema.arrays.get(part, 0))
    schema.parts[part].append([])
    return schema.parts[part][-1]


def _refuse_nested_json(content: Any) -> None:
    """Accept text, a number, true, false or null: nobody counts the objects of JSON inside JSON."""
    try:
        plain = isinstance(content, str) and content.lstrip()[:1] not in ("[", "{")
        json.loads(content if plain else "")
    except ValueError:
        raise Refused("damaged_schema", cause="a value is not plain JSON") from None


def _measure(schema: Schema) -> None:
    """Refuse circles, and what is too large or too deep when each part is met along all ways to it."""
    sorter: TopologicalSorter[int] = TopologicalSorter()
    for part, descriptions in schema.parts.items():
        for inside in descriptions:
            sorter.add(part, *inside)
    try:
        order = list(sorter.static_order())  # what is inside comes first
    except CycleError:
        raise Refused("circle") from None
    sizes: dict[int, int] = {}
    depths: dict[int, int] = {}
    nested: dict[int, int] = {}
    for part in order:
        descriptions = schema.parts[part]
        every = {one for inside in descriptions for one in inside}
        sizes[part] = 1 + max(sum(sizes[one] for one in inside) for inside in descriptions)
        depths[part] = 1 + max((depths[one] for one in every), default=0)
        nested[part] = max((nested[one] for one in every), default=0) + (part in schema.estimators)
        refuse_more(sizes[part], limits.MOST_NODES, "many_nodes")
        refuse_more(depths[part], limits.DEEPEST_NODES, "deep_schema")
        refuse_more(nested[part], limits.DEEPEST_ESTIMATORS, "deep_estimators")
