"""Text columns of which a fitted model takes only what its encoder knows: closed lists, therefore."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from predictions.contract.feature_rules import MOST_CATEGORIES
from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.numbers import counted
from predictions.contract.signature import SignatureSpec
from predictions.registry.fitness import as_fitted
from predictions.registry.proving.known_values import Known, known_values
from predictions.registry.proving.own_categories import keeps_categories
from predictions.registry.refusals import NotCompilable, shown

if TYPE_CHECKING:
    import pandas as pd

IN_WORDS = {Kind.CATEGORY: "a category, a closed list of texts"}
NOTE = (
    "{name}: a closed list of the {count} categories that the model was fitted on. Its encoder raises for "
    "another one, so a request with another one is refused. OneHotEncoder(handle_unknown='ignore') takes any."
)


def known_texts(estimator: Any, spec: SignatureSpec) -> dict[str, tuple[str, ...]]:
    """Return, of each text feature for which an encoder of the model raises if it is new, what is known."""
    texts = {feature.name for feature in spec.features if feature.kind.is_text}
    known: dict[str, tuple[str, ...]] = {}
    for one in known_values(estimator, as_fitted(estimator, spec).names):
        if one.feature in texts and getattr(one.encoder, "handle_unknown", "") == "error":
            categories = tuple(str(value) for value in one.values if isinstance(value, str))
            before = known.get(one.feature, categories)
            known[one.feature] = tuple(value for value in before if value in categories)
    return known


def refuse_other_types(estimator: Any, spec: SignatureSpec) -> None:
    """Raise `NotCompilable` where the model knows numbers of what is text here, or the reverse.

    It would take each value for an unknown one, and one that ignores these would not even say so. So it is
    where it takes the pandas type category alone, and the signature's column is none.
    """
    features = {feature.name: feature for feature in spec.features}
    for known in known_values(estimator, as_fitted(estimator, spec).names):
        if known.feature in features:
            _refuse_other_type(known, features[known.feature])


def _refuse_other_type(known: Known, feature: FeatureSpec) -> None:
    types = {isinstance(one, str) for one in known.values if one is not None and one == one}
    is_other = types == {not feature.kind.is_text}
    if is_other or (known.is_dtype and feature.dtype != "category"):
        theirs, kind = ("texts", Kind.CATEGORY) if True in types else ("numbers", Kind.INT)
        code = "own_categories" if keeps_categories(known.encoder) else "other_types"
        facts = {"feature": shown(feature.name, 100), "theirs": theirs, "kind": str(kind)}
        raise NotCompilable(code, known.encoder, ours=IN_WORDS.get(feature.kind, str(feature.kind)), **facts)


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
            raise NotCompilable(
                "other_categories", feature=shown(name, 100), count=counted(len(others), "text"), which=which
            )
