"""Requests beside the evaluation rows: those that must be refused, and unusual ones that must not fail."""

from typing import Any

from predictions.contract.feature import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec

MOST_FEATURES = 50  # that are probed, evenly spaced; a wide table has hundreds of the same kind
NOT_A_NUMBER = float("nan")  # written as NaN, which clients do send though JSON has none
UNHEARD_OF = "never-seen-before"


def bad_requests(spec: SignatureSpec) -> dict[str, dict[str, Any]]:
    """Return requests that the signature must refuse, by what is wrong with them."""
    bad: dict[str, dict[str, Any]] = {}
    if any(feature.required for feature in spec.features):
        bad["no field at all"] = {}
    for feature in _probed(spec):
        others = {key: value for key, value in spec.example.items() if key != feature.name}
        if feature.required:
            bad[f"{feature.name} missing"] = others
        for what, value in _bad_values(feature).items():
            bad[f"{feature.name} {what}"] = others | {feature.name: value}
    return bad


def unusual_requests(spec: SignatureSpec) -> dict[str, dict[str, Any]]:
    """Return requests that the signature accepts, although training may have had none like them.

    A version answers or refuses them; it must not fail.
    """
    unusual = {}
    for feature in _probed(spec):
        if not feature.required:
            unusual[f"{feature.name} left out"] = spec.example | {feature.name: None}
        if feature.kind is Kind.TEXT and not feature.categories:
            unusual[f"{feature.name} with an unknown text"] = spec.example | {feature.name: UNHEARD_OF}
    return unusual


def _probed(spec: SignatureSpec) -> list[FeatureSpec]:
    step = -(-len(spec.features) // MOST_FEATURES)
    return list(spec.features[::step])


def _bad_values(feature: FeatureSpec) -> dict[str, Any]:
    values: dict[str, Any] = {"of another type": 5 if feature.kind is Kind.TEXT else "rubbish"}
    if feature.kind in (Kind.FLOAT, Kind.INT):
        values["not a number"] = NOT_A_NUMBER
    if feature.categories:
        values["of an unknown category"] = UNHEARD_OF
    return values
