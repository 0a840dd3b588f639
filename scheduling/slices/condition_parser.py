"""Reads a condition: `country = DE and age < 25 and plan in basic | pro`.

condition = term, { "and", term }
term      = feature, ( "=" | "!=" | "<" | "<=" | ">" | ">=" ), value
| feature, "in", value, { "|", value }
| feature, "is", "missing"
value     = a number, true, false, text; in double quotes, as in JSON, if it contains `"`, `|` or `and`
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from predictions.contract.feature import FeatureSpec, Kind
from predictions.contract.field_errors import check_field
from scheduling.evidence.outcomes import values_of
from scheduling.slices.conditions import ORDER, Condition, Term

OPERATOR = r"(<=|>=|!=|=|<|>|\bin\b|\bis\b)"
VALUE = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([^"|]*?))\s*(?:(\|)|(\band\b)|$)', re.IGNORECASE)
TRUTHS = {"true": True, "false": False}


class ConditionInvalid(Exception):
    """A condition that cannot be evaluated; the text says what to correct."""


def parse(text: str, features: Iterable[FeatureSpec]) -> Condition:
    """Return the condition on these features. Raises `ConditionInvalid`."""
    by_name = {feature.name: feature for feature in features}
    terms: list[Term] = []
    rest = text.strip()
    while rest or not terms:
        term, rest = _term(rest, by_name)
        terms.append(term)
    return Condition(tuple(terms))


def kept_conditions(
    conditions: Mapping[str, str], features: Iterable[FeatureSpec], *, redacted: frozenset[str]
) -> dict[str, str | None]:
    """Return name -> condition; None for one that is about a redacted feature, or cannot be read."""
    features, kept = tuple(features), {}
    for name, text in conditions.items():
        try:
            about = parse(text, features).features
        except ConditionInvalid:
            about = frozenset(feature.name for feature in features)
        kept[name] = values_of(about, text, redacted=redacted)
    return kept


def _term(text: str, features: dict[str, FeatureSpec]) -> tuple[Term, str]:
    """Read one term; return also what follows it and its `and`."""
    names = "|".join(re.escape(name) for name in sorted(features, key=len, reverse=True)) or "(?!)"
    begun = re.match(rf"({names})\s*{OPERATOR}", text)
    if begun is None:
        name = re.split(rf"\s*{OPERATOR}", text)[0].strip()
        if not name:
            raise ConditionInvalid("A condition is required, for example: age < 25")
        if name in features:
            raise ConditionInvalid(f"{name}: after it use =, !=, <, <=, >, >=, in or is missing.")
        known = ", ".join(features)
        raise ConditionInvalid(f"The feature {name} does not exist. Features are: {known}.")
    feature, sign = features[begun[1]], begun[2]
    values, rest = _values(text[begun.end() :])
    if sign == "is":
        if values != ["missing"]:
            raise ConditionInvalid(f'{feature.name}: only "missing" can follow after "is".')
        if feature.required:
            raise ConditionInvalid(f"{feature.name} is required, so it is not missing in any row.")
        return Term(feature=feature, operator="is"), rest
    if len(values) > 1 and sign != "in":
        raise ConditionInvalid(f'{feature.name}: use the operator "in" for several values.')
    if sign in ORDER and feature.kind not in (Kind.FLOAT, Kind.INT):
        raise ConditionInvalid(f"{feature.name} is not a number. Use =, != or in.")
    return Term(feature=feature, operator=sign, values=tuple(_typed(feature, v) for v in values)), rest


def _values(text: str) -> tuple[list[str], str]:
    """Read the values up to an `and` or the end, without quotes; types are not checked yet."""
    values = []
    while True:
        found = VALUE.match(text)
        if found is None:
            raise ConditionInvalid(f"This part of the condition cannot be read: {text.strip()}")
        quoted, bare, more, following = found.groups()
        if not quoted and not bare:
            raise ConditionInvalid("A value is missing after an operator or a bar.")
        try:
            values.append(str(json.loads(quoted)) if quoted else bare)
        except ValueError:
            raise ConditionInvalid(f"Text in double quotes should be valid JSON: {quoted}") from None
        text = text[found.end() :]
        if following and not text.strip():
            raise ConditionInvalid('Another condition should follow after "and".')
        if not more:
            return values, text.strip()


def _typed(feature: FeatureSpec, written: str) -> Any:
    """Convert a value to the feature's type, within its bounds or categories."""
    given: Any = TRUTHS.get(written.lower(), written) if feature.kind is Kind.BOOL else written
    value, problem = check_field(feature, given)
    if problem:
        raise ConditionInvalid(f"{feature.name}: {problem}, not {written}")
    return value
