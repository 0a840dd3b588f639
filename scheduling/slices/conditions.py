"""Conditions on features, as values and as written: `country = DE and age < 25 and plan in basic | pro`.

condition = term, { "and", term }
term      = feature, ( "=" | "!=" | "<" | "<=" | ">" | ">=" ), value
| feature, "in", value, { "|", value }
| feature, "is", "missing"
value     = a number, true, false, text; in double quotes, as in JSON, if it contains `"`, `|` or `and`
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.fields import FeatureSpec, Kind, check_field
from predictions.contract.moments import Moment
from scheduling.evidence.outcomes import values_of

if TYPE_CHECKING:
    import pandas as pd

ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
BARE = re.compile(r"[\w.+-]+(?: [\w.+-]+)*")
AND = re.compile(r"\band\b", re.IGNORECASE)
OPERATOR = r"(<=|>=|!=|=|<|>|\bin\b|\bis\b)"
VALUE = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([^"|]*?))\s*(?:(\|)|(\band\b)|$)', re.IGNORECASE)
TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True, kw_only=True)
class Term:
    """One feature, one operator (`=`, `!=`, `in`, `<` and its like, or `is` for missing), and its values."""

    feature: FeatureSpec
    operator: str
    values: tuple[Any, ...] = ()

    def __str__(self) -> str:  # as the parser reads it
        said = " | ".join(_written(value) for value in self.values) or "missing"
        return f"{self.feature.name} {self.operator} {said}"

    def rows(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the rows of a frame that it holds for, (n,) of bool. A missing value fits `is` only."""
        column = frame[self.feature.name]
        if self.operator == "is":
            return column.isna().to_numpy()
        values = [float(v) if self.feature.kind.is_number else v for v in self.values]
        if self.operator in ORDER:
            return ORDER[self.operator](column.to_numpy(dtype=float), values[0])
        among = column.isin(values).to_numpy()
        return ~among & column.notna().to_numpy() if self.operator == "!=" else among


@dataclass(frozen=True)
class Condition:
    """Terms that must all hold."""

    terms: tuple[Term, ...]

    def __str__(self) -> str:  # as the parser reads it
        return " and ".join(map(str, self.terms))

    def rows(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the rows of a frame that it holds for, (n,) of bool."""
        return np.logical_and.reduce([term.rows(frame) for term in self.terms])

    @property
    def features(self) -> frozenset[str]:
        """The names of the features that it is about."""
        return frozenset(term.feature.name for term in self.terms)


def _written(value: Any) -> str:
    """Write a number with all its digits, and text in quotes if it needs them."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Moment):
        return json.dumps(str(value))
    if isinstance(value, int | float):
        return repr(float(value)).removesuffix(".0")
    plain = BARE.fullmatch(value) and not AND.search(value)
    return value if plain else json.dumps(value, ensure_ascii=False)


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
    if sign in ORDER and not (feature.kind.has_bounds or feature.kind is Kind.TIMESTAMP):
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
