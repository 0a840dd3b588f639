"""What a version is, where it came from, what was decided about it, and what a promotion would do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from predictions.models import ModelVersion, Promotion, RegisteredModel
from predictions.zone import to_minute
from scheduling.evidence_page.words import without_word, word_of_run
from scheduling.models import GatePolicy, Run, Subscription
from scheduling.models.notices.subscription import Event
from scheduling.models.schedule import TaskName
from scheduling.pages.told import MOST, name_of, readers_of

MAKING = (TaskName.RETRAIN, TaskName.UPLOAD, TaskName.REGISTER)
SHOWN = 10
SIGNS = (("minimum", "≥"), ("exclusive_minimum", ">"), ("maximum", "≤"), ("exclusive_maximum", "<"))


def last_verdict(version: ModelVersion) -> Run | None:
    """Return the newest run that decided about it."""
    found: Run | None = Run.objects.filter(candidate=version).exclude(decision="").order_by("-pk").first()
    return found


def origin_of(version: ModelVersion) -> Run | None:
    """Return the run that made or registered it."""
    found: Run | None = Run.objects.filter(candidate=version, task__in=MAKING).order_by("pk").first()
    return found


def history_of(version: ModelVersion) -> list[dict[str, Any]]:
    """Return what was decided about it, when it went live and when it ceased to be, newest first."""
    told = [*_verdicts(version), *_went_live(version), *_replaced(version)]
    return sorted(told, key=lambda one: one["at"], reverse=True)[:SHOWN]


def _verdicts(version: ModelVersion) -> Iterator[dict[str, Any]]:
    """The runs that did not promote it: of the others the promotion tells."""
    runs = Run.objects.filter(candidate=version, promotion=None).exclude(decision="").order_by("-pk")
    for run in runs[:SHOWN]:
        if run.finished_at:
            what = word_of_run(run)
            why = without_word(run.reason, what)
            yield {"at": run.finished_at, "what": what, "why": why, "run": run.pk}


def _went_live(version: ModelVersion) -> Iterator[dict[str, Any]]:
    flips = Promotion.objects.filter(version=version).select_related("run").order_by("-pk")
    for flip in flips[:SHOWN]:
        run = getattr(flip, "run", None)
        yield {"at": flip.at, "what": f"Live, by {flip.by}", "why": flip.reason, "run": run and run.pk}


def _replaced(version: ModelVersion) -> Iterator[dict[str, Any]]:
    flips = Promotion.objects.filter(replaced_version=version).select_related("version").order_by("-pk")
    for flip in flips[:SHOWN]:
        how = "Rolled back to" if flip.kind == Promotion.Kind.ROLL_BACK else "Replaced by"
        what = f"{how} {flip.version.label}, by {flip.by}"
        yield {"at": flip.at, "what": what, "why": flip.reason, "run": None}


def consequences(version: ModelVersion, live: Promotion | None, verdict: Run | None) -> list[str]:
    """Return what a promotion by a person does, in sentences."""
    told = ["It goes live within a second, whatever the checks found."]
    return told + once_live(version, live, verdict)


def once_live(version: ModelVersion, live: Promotion | None, verdict: Run | None) -> list[str]:
    """Return what it replaces, what was found of it, who watches it and who is told, in sentences."""
    model, told = version.registered_model, []
    if live is not None:
        replaced = f"{live.version.label} ({live.version.name})"
        told.append(f"It replaces {replaced}, which has been live since {to_minute(live.at)}.")
    told.append(f"Last verdict: {verdict.reason}" if verdict else "No run has judged it yet.")
    if model.is_held:
        told.append(f"Automatic promotion is paused by {model.held_in_words}, until somebody resumes it.")
    if live is not None:
        told.append(_watch(GatePolicy.objects.of(model).bake_minutes, live, is_held=model.is_held))
    return [*told, who_is_told(model)]


def consequences_of_roll_back(live: Promotion) -> list[str]:
    """Return what is not said of a roll back where runs are not known: who watches, and who is told."""
    unwatched = "Nobody watches it afterwards: the scheduler watches promotions, and not rollbacks."
    return [unwatched, who_is_told(live.registered_model, Event.ROLLED_BACK)]


def who_is_told(model: RegisteredModel, event: Event = Event.PROMOTED) -> str:
    """Return who gets a message of the event, in a sentence without addresses."""
    rows = Subscription.objects.wanting(event, model)
    told = [name_of(row) for row in readers_of(model, rows[:MOST])]
    if more := len(rows[MOST:]):
        told.append(f"{more} more")
    if not told:
        return "Nobody will be told of it: nobody who may read about the model has subscribed to it."
    return f"These will be told of it: {', '.join(told)}."


def _watch(minutes: int, live: Promotion, *, is_held: bool) -> str:
    if not minutes:
        return "Nobody watches it afterwards: the policy sets no time for a watch."
    back = f"rolls back to {live.version.label} if it gets worse"
    if is_held:
        back = "says so if it gets worse; it rolls nothing back while automatic promotion is paused"
    return f"The scheduler then compares it with {live.version.label} for {minutes} minutes, and {back}."


def bounds_of(feature: Any) -> list[str]:
    """Return the bounds of a feature, such as `≥ 0` and `< 100`; none where there are none."""
    return [f"{sign} {value:g}" for name, sign in SIGNS if (value := getattr(feature, name)) is not None]
