"""The signature that the server inferred from the data, as a table."""

from collections.abc import Mapping
from typing import Any

from model_delivery.shown.table import Table

COLUMNS = ("column", "kind", "gaps", "values", "example")
BOUNDS = (("exclusive_minimum", ">"), ("minimum", ">="), ("exclusive_maximum", "<"), ("maximum", "<="))
MOST_CATEGORIES = 5
MOST_ROWS = 40


def signature_table(signature: Mapping[str, Any]) -> Table:
    """Return a row for each feature, under the task and the labels."""
    labels = ", ".join(map(str, signature.get("labels") or ()))
    output = signature.get("output_name") or signature.get("output") or ""
    title = f"{signature.get('task', '')} of {output}" + (f": {labels}" if labels else "")
    features = [one for one in signature.get("features") or () if isinstance(one, dict)]
    rows = [_row(feature) for feature in features[:MOST_ROWS]]
    more = len(features) - MOST_ROWS
    rows += [[f"and {more} more", "", "", "", ""]] if more > 0 else []
    return Table(title=title, columns=COLUMNS, rows=rows)


def _row(feature: Mapping[str, Any]) -> list[Any]:
    gaps = "no" if feature.get("required", True) else "allowed"
    example = feature.get("example")
    example = f"{example:.6g}" if isinstance(example, float) else example
    return [feature.get("name"), feature.get("kind"), gaps, _values(feature), example]


def _values(feature: Mapping[str, Any]) -> str:
    categories = list(map(str, feature.get("categories") or ()))
    if categories:
        more = len(categories) - MOST_CATEGORIES
        return ", ".join(categories[:MOST_CATEGORIES]) + (f" and {more} more" if more > 0 else "")
    given = [f"{sign} {feature[name]}" for name, sign in BOUNDS if feature.get(name) is not None]
    return ", ".join(given)
