"""`{{ run|verdict }}`, `{{ one|mark }}`, `{{ outcome.measured|lines }}`: outcomes as text."""

import json
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from scheduling.evidence.sentences import sentences_of
from scheduling.evidence_page.names import named
from scheduling.evidence_page.values import limits_shown, shown
from scheduling.evidence_page.words import (
    MARKS,
    decision_in_words,
    done_by,
    question_of,
    state_of_check,
    state_of_run,
    title_of,
    without_word,
    word_of_run,
)
from scheduling.models import CheckResult, Run

register = template.Library()
LINE_BREAK = SafeString("<br>")


@register.filter
def amount(number: int) -> str:
    """With separators, as numbers in sentences have them, whatever the project's settings say."""
    return f"{number:,}"


@register.filter
def verdict(run: Run) -> SafeString:
    """The decision, or the status before it, and the reason, which often begins with the decision."""
    decision = word_of_run(run)
    reason = run.reason or ("It has no verdict yet." if run.is_unfinished else "")
    if reason.startswith(decision):
        return format_html("<strong>{}</strong>{}", decision, coded(reason.removeprefix(decision)))
    came, _, why = reason.partition(": ")
    if why.casefold().startswith(decision.casefold()):  # “Kept: too close to call.”
        return format_html("<strong>{}</strong>: {}", came, coded(why))
    return format_html("<strong>{}.</strong> {}", decision, coded(reason))


@register.filter
def state(one: Run | CheckResult) -> str:
    """The class of its colour: good, bad, doubt or neutral."""
    return state_of_run(one) if isinstance(one, Run) else state_of_check(one)


@register.filter
def mark(one: Run | CheckResult) -> str:
    """The shape that says the same without a colour."""
    return MARKS[state(one)]


@register.filter
def word(run: Run) -> str:
    """The decision, or the status."""
    return word_of_run(run)


@register.filter
def done(run: Run) -> str:
    """What it did: "Retraining of iris"."""
    return done_by(run)


@register.filter
def question(result: CheckResult) -> str:
    """What the check asks."""
    return question_of(result.check_id)


@register.filter
def check_title(result: CheckResult) -> str:
    """What the check asks, in a few words."""
    return title_of(result.check_id)


@register.filter
def title_of_check(check_id: str) -> str:
    """As `check_title`, of an id."""
    return title_of(check_id)


@register.filter
def decision(one: dict[str, str]) -> str:
    """A decision in words, with a capital letter."""
    return capfirst(decision_in_words(one["kind"], one["reason"]))


@register.filter
def decided(one: dict[str, str]) -> SafeString:
    """A decision that a back-test made, and its reason, which often begins with the same word."""
    word = decision(one)
    return format_html("<strong>{}</strong>: {}", word, without_word(one["reason"], word))


@register.filter
def coded(text: str) -> SafeString:
    """What stands between backticks as code, escaped as everything else is."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return format_html("{}", text)
    marked = (format_html("<code>{}</code>" if at % 2 else "{}", part) for at, part in enumerate(parts))
    return format_html_join("", "{}", ((one,) for one in marked))


@register.filter
def lines(values: dict[str, Any]) -> SafeString:
    """Name and value as they are, one per line."""
    return format_html_join(LINE_BREAK, "{}: {}", ((name, short(value)) for name, value in values.items()))


@register.filter
def values(value: Any) -> Any:
    """What was recorded, with names in words."""
    return shown(value)


@register.filter
def limits(value: dict[str, Any], check_id: str) -> Any:
    """The limits of a check, as people set them."""
    return limits_shown(check_id, value)


@register.filter
def in_words(key: str) -> str:
    """What a recorded fact is called."""
    return named(key)


@register.filter
def begins(text: str) -> str:
    """The first sentence, whole."""
    first, *more = sentences_of(text)
    return f"{first}." if more else first


@register.filter
def indented(value: Any) -> SafeString:
    """Indented JSON: parameters keep the names that their library gives them."""
    return format_html("<pre>{}</pre>", json.dumps(value, indent=1, ensure_ascii=False))


@register.filter
def signed(value: float) -> str:
    """A difference with its sign; 0 has none."""
    return f"{value:+.4g}" if value else "0"


@register.filter
def short(value: Any) -> str:
    """A number with four digits; a dictionary as its names and values."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {short(inner)}" for key, inner in value.items())
    if isinstance(value, float):
        return f"{value:.4g}"
    return "–" if value is None else str(value)
