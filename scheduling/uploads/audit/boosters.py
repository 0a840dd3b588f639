"""Boosters of LightGBM and XGBoost: taken in the libraries' own formats, never as a pickle.

skops keeps a LightGBM booster as its text, which is checked before LightGBM reads it, and an XGBoost booster
as its binary JSON, which XGBoost reads; what it has read is written out as text and checked.
"""

import json
import sys
from importlib.util import find_spec
from typing import Any

from scheduling.uploads.audit.lightgbm_text import refuse_text
from scheduling.uploads.audit.xgboost_json import refuse_model
from scheduling.uploads.refusals import Refused

LIBRARIES = {"lightgbm": "LightGBM", "xgboost": "XGBoost"}


def refuse_absent(names: set[str]) -> None:
    """Raise `Refused` if types of a library are needed that is not installed here."""
    for root in sorted({name.partition(".")[0] for name in names} & LIBRARIES.keys()):
        if find_spec(root) is None:
            raise Refused("absent_library", name=LIBRARIES[root], package=root)


def refuse_lightgbm(schema: Any) -> None:
    """Refuse crafted texts of LightGBM in a parsed schema.json."""
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict) and value.get("__module__") == "lightgbm.basic":
            refuse_text(_text_of(value))
        inside = value.values() if isinstance(value, dict) else value
        waiting += [item for item in inside if isinstance(item, dict | list)]


def _text_of(booster: dict[str, Any]) -> Any:
    """Return what LightGBM would read; None where it would read something else."""
    try:
        state = booster["content"]["content"]
        return None if "handle" in state else json.loads(state["_handle"]["content"])
    except (KeyError, TypeError, ValueError):
        return None


def refuse_xgboost(part: Any) -> None:
    """Refuse a booster that XGBoost has read and that is no sum of trees."""
    library = sys.modules.get("xgboost")
    if library is not None and isinstance(part, library.Booster):
        refuse_model(json.loads(part.save_raw(raw_format="json")))
