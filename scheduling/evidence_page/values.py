"""Recorded values as people read them: names in words, lists of the same as a table, nothing as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from scheduling.checks.limit_words import WORDS, with_unit, words_of
from scheduling.evidence_page.names import chosen, named

DRAWN = "distribution"  # the page draws these
Pair = tuple[str, Any]


def shown(value: Any) -> Any:
    """Return a value of any depth for a page."""
    if isinstance(value, dict):
        return listed(
            (named(str(key)), shown(chosen(str(key), inner))) for key, inner in value.items() if key != DRAWN
        )
    if isinstance(value, list):
        if value and all(isinstance(one, dict) for one in value):
            return table(value)
        return ", ".join(map(str, map(shown, value))) or "none"
    return plain(value)


def plain(value: Any) -> str:
    """A number with four digits; a truth value in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return "–" if value is None or value == "" else str(value)


def limits_shown(check_id: str, limits: dict[str, Any]) -> Any:
    """Return the limits of a check in the words and with the units of the page on which they are set."""
    return listed(_limit(check_id, name, value) for name, value in limits.items())


def _limit(check_id: str, name: str, value: Any) -> Pair:
    if name not in WORDS and f"{check_id}.{name}" not in WORDS:
        return named(name), shown(chosen(name, value))
    words, unit = words_of(check_id, name)
    return words, with_unit(value, unit)


def listed(pairs: Iterable[Pair]) -> Any:
    """Name and value, a row each."""
    rows = list(pairs)
    if not rows:
        return "none"
    return format_html("<dl>{}</dl>", format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", rows))


def table(rows: list[dict[str, Any]]) -> SafeString:
    """Dictionaries with the same keys, a row each."""
    keys = list(dict.fromkeys(key for row in rows for key in row if key != DRAWN))
    heads = format_html_join("", '<th scope="col">{}</th>', ((named(key),) for key in keys))
    body = format_html_join("", "<tr>{}</tr>", ((_cells(row, keys),) for row in rows))
    return format_html(
        '<div class="wide"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
        heads, body,
    )  # fmt: skip


def _cells(row: dict[str, Any], keys: list[str]) -> SafeString:
    return format_html_join("", "<td>{}</td>", ((shown(row.get(key)),) for key in keys))
