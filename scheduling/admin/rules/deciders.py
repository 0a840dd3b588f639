"""Who can answer for a model, in words, and how somebody more can."""

from typing import Any
from urllib.parse import urlencode

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from predictions.conf import config
from predictions.models import RegisteredModel
from predictions.models.people import grants
from predictions.models.people.access import May, allowed
from predictions.models.people.roles import APPROVER
from predictions.paths import admin_path
from scheduling.approvals.approvers import NAMED, NOBODY, Answerers, by_api_only, who_can

OWN = "Nobody may approve a run that they started themselves, or whose candidate they uploaded."
LAPSES = "Until then every candidate lapses."


def who_answers(found: Answerers) -> str:
    """Name them, and say where one person more is needed."""
    return " ".join(filter(None, [who_can(found), lacking(found)]))


def lacking(found: Answerers) -> str:
    """Say for what one person more is needed; empty where there are enough."""
    if not found.here:
        return LAPSES
    if not lacks_people(found):
        return ""
    return f"Nobody could approve a run that {found.here[0]} started: a second person is needed."


def lacks_people(found: Answerers) -> bool:
    """Whether runs of somebody would find nobody to approve them."""
    return len(found.here) < 1 + config.APPROVER_MUST_DIFFER


def may_give(viewer: Any, model: RegisteredModel) -> bool:
    """Whether this person may make others approvers of the model."""
    return grants.ARE_KEPT and allowed(viewer, May.CHOOSE_ACCESS, model)


def with_remedy(model: RegisteredModel, found: Answerers, viewer: Any, *, back: str) -> SafeString:
    """`who_answers`, with a link to the form that gives the role and leads back."""
    if not may_give(viewer, model):
        return format_html("{} {}", who_answers(found), asks_for_one(model, found))
    path = f"{admin_path('model-approver', model.pk)}?{urlencode({'next': back})}"
    link = format_html('<a href="{}">Give somebody the role “{}” for {}…</a>', path, APPROVER, model)
    return format_html("{} {}", who_answers(found), link)


def asks_for_one(model: RegisteredModel, found: Answerers) -> str:
    """What those do who cannot give the role themselves."""
    ask = f"Ask an administrator to give somebody the role “{APPROVER}” for {model}."
    return ask if lacks_people(found) else ""


def ticked(found: Answerers) -> SafeString:
    """A list of those who can answer, each with a tick, and in a sentence what it does not say."""
    tick = '<li><span aria-hidden="true">✓</span> {}</li>'
    names = format_html_join("", tick, ((name,) for name in found.here[:NAMED]))
    more = f"And {len(found.here) - NAMED} more." if len(found.here) > NAMED else ""
    told = [more or ("" if found.here else NOBODY), by_api_only(found), lacking(found)]
    listed = format_html('<p>Who can answer:</p><ul class="ticks">{}</ul>', names) if names else ""
    return format_html("{}<p>{}</p>", listed, " ".join(filter(None, told)))
