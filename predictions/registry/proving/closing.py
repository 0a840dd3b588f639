"""Text columns of which a fitted model takes only what its encoder knows: closed lists, therefore."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from predictions.contract.feature_rules import MOST_CATEGORIES
from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry.fitness import as_fitted, is_lightgbm
from predictions.registry.proving.known_values import known_values
from predictions.registry.refusals import NotCompilable, shown

if TYPE_CHECKING:
    import pandas as pd

NOTE = (
    "{name}: a closed list of the {count} categories that the model was fitted on. Its encoder raises for "
    "another one, so a request with another one is refused. OneHotEncoder(handle_unknown='ignore') takes any."
)


def known_texts(estimator: Any, spec: SignatureSpec) -> dict[str, tuple[str, ...]]:
    """Return, of each text feature for which an encoder of the model raises if it is new, what is known."""
    texts = {feature.name for feature in spec.features if feature.kind.is_text}
    known: dict[str, tuple[str, ...]] = {}
    for name, encoder, values in known_values(estimator, as_fitted(estimator, spec).names):
        if name in texts and getattr(encoder, "handle_unknown", "") == "error":
            categories = tuple(str(one) for one in values if isinstance(one, str))
            before = known.get(name, categories)
            known[name] = tuple(one for one in before if one in categories)
    return known


def refuse_other_types(estimator: Any, spec: SignatureSpec) -> None:
    """Raise `NotCompilable` where an encoder knows numbers of what is text here, or the reverse.

    It would take each value for an unknown one, and one that ignores these would not even say so. LightGBM
    refuses the reverse by itself, and takes a column of numbers for no category.
    """
    kinds = {feature.name: feature.kind for feature in spec.features}
    for name, encoder, values in known_values(estimator, as_fitted(estimator, spec).names):
        types = {isinstance(one, str) for one in values if one is not None and one == one}
        if name in kinds and types == {not kinds[name].is_text}:
            theirs, kind = ("texts", Kind.CATEGORY) if True in types else ("numbers", Kind.INT)
            facts = {"feature": shown(name, 100), "ours": str(kinds[name]), "kind": str(kind)}
            code = "number_categories" if is_lightgbm(encoder) else "other_types"
            raise NotCompilable(code, encoder, theirs=theirs, **facts)


def to_close(
    known: Mapping[str, Sequence[str]], spec: SignatureSpec, fixed: Collection[str] | None
) -> dict[str, list[str]]:
    """Return the lists of the open features; of none that a person `fixed` as text, or where that is None."""
    is_open = {feature.name for feature in spec.features if feature.kind is Kind.TEXT} - set(fixed or ())
    return {
        name: [*values]
        for name, values in known.items()
        if fixed is not None and name in is_open and 0 < len(values) <= MOST_CATEGORIES
    }


def closed(spec: SignatureSpec, lists: Mapping[str, Sequence[str]]) -> SignatureSpec:
    """Return the contract with these text features as categories."""
    return replace(spec, features=tuple(_closed(one, lists.get(one.name)) for one in spec.features))


def _closed(feature: FeatureSpec, values: Sequence[str] | None) -> FeatureSpec:
    if not values:
        return feature
    example = feature.example if feature.example in values else values[0]
    return replace(feature, kind=Kind.CATEGORY, categories=tuple(values), example=example)


def notes_of(lists: Mapping[str, Sequence[str]]) -> list[str]:
    """Return a sentence for each feature that was closed."""
    return [NOTE.format(name=shown(name, 100), count=len(values)) for name, values in lists.items()]


def refuse_others(lists: Mapping[str, Sequence[str]], rows: pd.DataFrame, *, which: str) -> None:
    """Raise `NotCompilable` where rows hold texts that an encoder does not know; `which` of the files."""
    for name, values in lists.items():
        if others := set(rows[name].dropna().astype(str)) - set(values):
            raise NotCompilable("other_categories", feature=shown(name, 100), count=len(others), which=which)
