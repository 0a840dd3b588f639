"""Reads a condition: `country = DE and age < 25 and plan in basic | pro`.

condition = term, { "and", term }
term      = feature, ( "=" | "!=" | "<" | "<=" | ">" | ">=" ), value
| feature, "in", value, { "|", value }
| feature, "is", "missing"
value     = a number, true, false, a text; in double quotes, as JSON writes it, where it holds `"`, `|` or `and`
"""  # noqa: E501

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from predictions.contract.feature import FeatureSpec, Kind
from predictions.contract.field_errors import check_field
from scheduling.slices.conditions import ORDER, Condition, Term, is_ordered

OPERATOR = r"(<=|>=|!=|=|<|>|\bin\b|\bis\b)"
VALUE = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([^"|]*?))\s*(?:(\|)|(\band\b)|$)', re.IGNORECASE)
TRUTHS = {"true": True, "false": False}
NOTHING = "(?!)"


class ConditionInvalid(Exception):
    """A condition that cannot be asked; the text says what to mend."""


def parse(text: str, features: Iterable[FeatureSpec]) -> Condition:
    """Return the condition on these features. Raises `ConditionInvalid`."""
    by_name = {feature.name: feature for feature in features}
    terms: list[Term] = []
    rest = text.strip()
    while rest or not terms:
        term, rest = _term(rest, by_name)
        terms.append(term)
    return Condition(tuple(terms))


def features_of(text: str, features: Iterable[FeatureSpec]) -> frozenset[str]:
    """The features that a condition is about; all of them where it cannot be read."""
    try:
        return parse(text, features).features
    except ConditionInvalid:
        return frozenset(feature.name for feature in features)


def _term(text: str, features: dict[str, FeatureSpec]) -> tuple[Term, str]:
    """Read one term, and return what follows it and its `and`."""
    names = "|".join(re.escape(name) for name in sorted(features, key=len, reverse=True))
    begun = re.match(rf"({names or NOTHING})\s*{OPERATOR}", text)
    if begun is None:
        raise ConditionInvalid(_no_beginning(text, features))
    feature, sign = features[begun[1]], begun[2]
    values, rest = _values(text[begun.end() :])
    if sign == "is":
        return _missing(feature, values), rest
    if len(values) > 1 and sign != "in":
        raise ConditionInvalid(f"{feature.name}: several values need the operator in")
    if sign in ORDER and not is_ordered(feature.kind):
        raise ConditionInvalid(f"{feature.name} has no order: use =, != or in")
    return Term(feature=feature, operator=sign, values=tuple(_typed(feature, v) for v in values)), rest


def _no_beginning(text: str, features: dict[str, FeatureSpec]) -> str:
    name = re.split(rf"\s*{OPERATOR}", text)[0].strip()
    if not name:
        return "A condition is needed, such as: age < 25"
    if name in features:
        return f"{name}: after it comes =, !=, <, <=, >, >=, in or is missing"
    return f"No feature is called {name}; there are: {', '.join(features)}"


def _values(text: str) -> tuple[list[str], str]:
    """Read the values up to an `and` or the end; quotes are gone, types are not looked at yet."""
    values = []
    while True:
        found = VALUE.match(text)
        if found is None:
            raise ConditionInvalid(f"Not understood: {text.strip()}")
        quoted, bare, more, following = found.groups()
        if not quoted and not bare:
            raise ConditionInvalid("A value is missing")
        values.append(_unquoted(quoted) if quoted else bare)
        text = text[found.end() :]
        if following and not text.strip():
            raise ConditionInvalid("After and comes another condition")
        if not more:
            return values, text.strip()


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        raise ConditionInvalid(f"Not a text in quotes: {text}") from None


def _missing(feature: FeatureSpec, values: list[str]) -> Term:
    if values != ["missing"]:
        raise ConditionInvalid(f"{feature.name}: after is comes missing")
    if feature.required:
        raise ConditionInvalid(f"{feature.name} is required: it is missing in no row that is judged")
    return Term(feature=feature, operator="is")


def _typed(feature: FeatureSpec, written: str) -> Any:
    """The value in the feature's type, within its bounds or categories."""
    given: Any = TRUTHS.get(written.lower(), written) if feature.kind is Kind.BOOL else written
    value, problem = check_field(feature, given)
    if problem:
        raise ConditionInvalid(f"{feature.name}: {problem}, not {written}")
    return value
