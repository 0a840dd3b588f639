"""The categories that LightGBM and XGBoost keep: they encode columns of the pandas type category."""

from collections.abc import Sequence
from typing import Any

from predictions.registry.fitness import is_lightgbm

Kept = dict[int, tuple[Sequence[Any], bool]]


def keeps_categories(part: Any) -> bool:
    """Whether it is a model of one of both, which takes categories without an encoder before it."""
    is_xgboost = type(part).__module__.partition(".")[0] == "xgboost" and hasattr(part, "get_booster")
    return is_lightgbm(part) or is_xgboost


def categories_of(part: Any) -> Kept:
    """Return, by the place of a column, its categories, and whether it is taken in that pandas type alone."""
    return _of_lightgbm(part) if is_lightgbm(part) else _of_xgboost(part)


def _of_lightgbm(part: Any) -> Kept:
    asked, lists = part.booster_.params, part.booster_.pandas_categorical or []
    places = asked.get("categorical_column", asked.get("categorical_feature", []))
    if len(places) != len(lists):  # others were named by hand, and are whole numbers
        return {}
    return {place: (values, True) for place, values in zip(places, lists, strict=True)}


def _of_xgboost(part: Any) -> Kept:
    """Of categories that were given as numbers, and by XGBoost before 3.1, it keeps no list."""
    booster = part.get_booster()
    kept = dict(enumerate(values for _, values in _lists_of(booster)))
    return {
        place: ([0], False) if kept.get(place) is None else (kept[place].to_pylist(), True)
        for place, kind in enumerate(booster.feature_types or ())
        if kind == "c"
    }


def _lists_of(booster: Any) -> list[tuple[str, Any]]:
    if booster.feature_types is None or "c" not in booster.feature_types:
        return []  # a linear booster would raise for being asked
    found: list[tuple[str, Any]] = booster.get_categories(export_to_arrow=True).to_arrow()
    return found
