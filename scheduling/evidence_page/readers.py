"""Who sees what of a run: sentences and figures everybody, rows and values those who may read the log."""

from __future__ import annotations

from typing import Any

MAY_READ_VALUES = "predictions.view_prediction"  # they may be about people
HIDDEN = "Rows and values are shown to those who may read the prediction log."


def may_read_values(reader: Any) -> bool:
    """Whether this user is told details; without a user nobody is."""
    return reader is not None and reader.has_perm(MAY_READ_VALUES)


def told_evidence(noted: dict[str, Any], reader: Any) -> dict[str, Any]:
    """Return what a run noted for this reader: conditions of slices may hold values."""
    if may_read_values(reader) or "slices" not in noted:
        return noted
    return noted | {"slices": dict.fromkeys(noted["slices"])}


def told_exhibit(exhibit: dict[str, Any], reader: Any) -> dict[str, Any]:
    """Return an exhibit as it is in the file, with the part that this reader may see."""
    bare = {name: exhibit[name] for name in ("id", "title", "note")}
    if exhibit["private"] is None:
        return bare | exhibit["public"]
    if may_read_values(reader):
        return bare | exhibit["private"]
    return bare | exhibit["public"] | {"note": f"{exhibit['note']} {HIDDEN}".strip()}
