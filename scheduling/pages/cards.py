"""The card of one model: values for the template, with the sentences about them."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString
from django.utils.text import capfirst

from predictions.models import Promotion
from predictions.paths import admin_path
from scheduling.models import Look, Run
from scheduling.pages.judged import three_digits
from scheduling.pages.sparkline import HOURS, RUNS, sparkline
from scheduling.pages.traffic import Traffic
from scheduling.pages.wellbeing import Wellbeing, Word
from scheduling.statistics.metrics.words import in_words

DECLINED = {Run.Decision.KEPT, Run.Decision.CANNOT_TELL, Run.Decision.BLOCKED, Run.Decision.REFUSED}
PROMOTED = "Promoted: "
LONGEST = 220  # characters of a reason on a card
INTERVAL = re.compile(r" \(true gain [^)]*\)")  # read on the run's page
ENOUGH = 40  # “Promoted: better.” alone says too little


@dataclass(frozen=True, kw_only=True)
class Badge:
    """A state in one or two words, with the sentence behind it."""

    text: str
    title: str
    kind: str = "note"


@dataclass(frozen=True, kw_only=True)
class Need:
    """Something that waits for a person: which model, what, and where to do it."""

    who: str
    what: str
    href: str
    action: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """One model as the front page shows it."""

    model: Any
    live: Promotion | None
    traffic: Traffic | None
    last: Run | None  # the newest run that judged a version
    retrain: Run | None  # the newest retraining that ended
    values: list[float | None]
    metric: str
    next_run: tuple[datetime, str] | None
    waiting: tuple[Run, bool] | None  # and whether this person may answer
    look: Look | None
    well: Wellbeing | None
    now: datetime

    @property
    def href(self) -> str:
        return admin_path("model-page", self.model.pk)

    @property
    def word(self) -> Word:
        return self.well.word if self.well else Word.NOTHING_LIVE

    @property
    def why(self) -> str:
        """Why it is not well, with what to do; empty where it is."""
        if self.well is None:
            return "No version has been promoted yet. Train or upload one, or promote one by hand."
        return self.well.why

    @property
    def why_live(self) -> str:
        return why_of(self.live) if self.live else ""

    @property
    def badges(self) -> list[Badge]:
        held, badges = self.model, []
        if held.is_held:
            told = f"By {held.held_by} ({held.held_reason}), until somebody resumes it."
            badges.append(Badge(text="automatic promotion paused", title=told, kind="warn"))
        if self.waiting:
            badges.append(Badge(text="awaits approval", title=f"{self.waiting[0]} waits for a person."))
        if self.look and self.look.is_worn:
            told = f"The evaluation set was {self.look.sentence}."
            badges.append(Badge(text="evaluation set worn", title=told, kind="warn"))
        if self.nothing_new:
            assert self.retrain is not None
            badges.append(Badge(text="nothing new", title=self.retrain.reason))
        return badges

    @property
    def nothing_new(self) -> bool:
        """The last retraining ended before it trained anything: it found no new rows."""
        run = self.retrain
        return run is not None and run.status == Run.Status.FINISHED and run.candidate_id is None

    @property
    def verdict(self) -> str:
        """Why the last run that judged a version decided so."""
        if self.last is None:
            return "No version has been judged yet."
        if self.live and getattr(self.live, "run", None) == self.last:
            return ""  # it stands on the card already, as why the version is live
        said = first_sentence(self.last.reason)
        told, colon, why = said.partition(": ")
        said = why if colon and " " not in told else said  # “Kept: ”, which the decision says already
        return said.removeprefix(f"{self.decision}. ")

    @property
    def decision(self) -> str:
        return (self.last.get_decision_display() or self.last.get_status_display()) if self.last else ""

    @property
    def stays(self) -> bool:
        """The last judged candidate did not go live, and no person is asked about it."""
        return bool(self.last and self.last.champion and self.last.decision in DECLINED)

    @property
    def needs(self) -> list[Need]:
        name, needs = self.model.name, []
        if self.waiting and self.waiting[1]:
            run = self.waiting[0]
            what = (
                f"{run.candidate.label} passed its checks and waits for your answer." if run.candidate else ""
            )
            page = admin_path("scheduling_run_change", run.pk)
            needs.append(Need(who=name, what=what, href=page, action="Read and answer"))
        if self.well and self.word in (Word.NOT_WELL, Word.LOOK):
            needs.append(Need(who=name, what=self.why, href=f"{self.href}#well", action="See what is wrong"))
        if self.look and self.look.is_worn:
            what = f"The evaluation set was {self.look.sentence}."
            page = admin_path("model-dataset", self.model.pk)
            needs.append(Need(who=name, what=what, href=page, action="Add labelled rows"))
        if self.retrain and self.retrain.status == Run.Status.FAILED:
            page = admin_path("scheduling_run_change", self.retrain.pk)
            what = f"The last retraining failed: {first_sentence(self.retrain.reason)}"
            needs.append(Need(who=name, what=what, href=page, action="Read why"))
        return needs

    @property
    def who_decides(self) -> str:
        """Who decides whether a candidate goes live, where it is not the program."""
        policy = getattr(self.model, "policy", None)
        if policy is None or policy.approval == policy.Approval.AUTOMATIC:
            return ""
        return str(policy.get_approval_display())

    @property
    def metric_in_words(self) -> str:
        return in_words(self.metric)

    @property
    def traffic_picture(self) -> SafeString:
        if self.traffic is None:
            return SafeString("")
        both = [a + f for a, f in zip(self.traffic.answered, self.traffic.failed, strict=True)]
        return sparkline(
            both, f"Requests by hour, {self.traffic.requests:,} in 24 hours", ends=HOURS, zero=True
        )

    @property
    def metric_picture(self) -> SafeString:
        if len(self.values) < 2:
            return SafeString("")
        title = f"{self.metric} of the live version at the last {len(self.values)} judged runs"
        return sparkline(self.values, title, ends=RUNS, show=three_digits)

    @property
    def value(self) -> str:
        newest = self.values[-1] if self.values else None
        return "" if newest is None else three_digits(newest)


def why_of(flip: Promotion) -> str:
    """Return why a version went live, without the “Promoted:” that stands before it already."""
    said = first_sentence(flip.reason)
    decided, why = said[: len(PROMOTED)], said[len(PROMOTED) :]
    said = capfirst(why) if decided == PROMOTED else said
    return INTERVAL.sub("", said)


def first_sentence(text: str) -> str:
    """Return the beginning of a reason: whole sentences until they say something, and not too much."""
    said = ""
    for sentence in text.splitlines()[0].split(". ") if text else []:
        said = f"{said}. {sentence}" if said else sentence
        if len(said) >= ENOUGH:
            break
    said += "." if text.startswith(f"{said}.") else ""
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"
