"""The card of one model: values for the template, with the sentences about them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString

from predictions.models import Promotion
from predictions.models.people.access import May
from predictions.paths import admin_path
from scheduling.evidence_page.words import decision_of
from scheduling.models import Look, Run
from scheduling.pages.cards.needs import Need, needs_of
from scheduling.pages.cards.reasons import as_sentence, first_sentence, why_of
from scheduling.pages.cards.refused_uploads import RefusedUploads
from scheduling.pages.cards.waiting import Waiting
from scheduling.pages.cards.who_decides import switch_of, who_decides
from scheduling.pages.charts.sparkline import HOURS, RUNS, sparkline
from scheduling.pages.measured.judged import three_digits
from scheduling.pages.wellbeing.drift import DriftLook
from scheduling.pages.wellbeing.traffic import Traffic
from scheduling.pages.wellbeing.word import Wellbeing, Word
from scheduling.statistics.metrics.words import in_words

DECLINED = {Run.Decision.KEPT, Run.Decision.CANNOT_TELL, Run.Decision.BLOCKED, Run.Decision.REFUSED}


@dataclass(frozen=True, kw_only=True)
class Badge:
    """A state in one or two words, with the sentence behind it."""

    text: str
    title: str
    kind: str = "note"


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
    waiting: Waiting | None
    refused: RefusedUploads | None
    look: Look | None
    drift: DriftLook | None
    well: Wellbeing | None
    may: Callable[[May], bool]  # what the reader may do with the model
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
            told = f"By {held.held_in_words}, until somebody resumes it."
            badges.append(Badge(text="automatic promotion paused", title=told, kind="warn"))
        if self.waiting:
            badges.append(Badge(text="awaits approval", title=self.waiting.sentence))
        if self.look and self.look.is_worn:
            told = f"The evaluation set was {self.look.sentence}."
            badges.append(Badge(text="evaluation set used up", title=told, kind="warn"))
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
        return as_sentence(said.removeprefix(f"{decision_of(self.last)}. "))

    @property
    def decision(self) -> str:
        """In a word or two; of a promotion also whether its version is not live any more."""
        if self.last is None:
            return ""
        told, flip, live = decision_of(self.last), self.last.promotion, self.live
        if flip is None or live is None or live.version_id == flip.version_id:
            return told
        is_undone = live.restores is not None and live.restores < flip.sequence
        return f"{told}, {'rolled back' if is_undone else 'replaced'} since"

    @property
    def is_judging(self) -> bool:
        """The newest run that has something to judge is still at work."""
        return self.last is not None and self.last.status == Run.Status.RUNNING

    @property
    def stays(self) -> bool:
        """The last judged candidate did not go live, no person is asked about it, and nothing else did."""
        run, live = self.last, self.live
        is_live = run and live and run.champion_id == live.version_id
        return bool(run and is_live and run.decision in DECLINED)

    @property
    def all_needs(self) -> list[Need]:
        return needs_of(self.model, self.href, waiting=self.waiting, well=self.well, look=self.look,
                        last=self.retrain, refused=self.refused, may=self.may)  # fmt: skip

    @property
    def needs(self) -> list[Need]:
        """What the reader can do something about."""
        return [need for need in self.all_needs if not need.waits_for]

    @property
    def who_decides(self) -> str:
        """Who decides whether a candidate goes live, where it is not the program."""
        return who_decides(getattr(self.model, "policy", None))

    @property
    def decides(self) -> str:
        """Who decides now, also where a pause says it."""
        decides = self.who_decides or "the program"
        if not self.model.is_held:
            return decides
        if self.who_decides:
            return f"{decides}; automatic promotion is paused too"
        return f"{decides}, but automatic promotion is paused: only people promote until it is resumed"

    @property
    def switch(self) -> tuple[str, str] | None:
        """Where who decides is changed, and to whom; None for those who may not."""
        if not self.may(May.CHANGE_POLICY):
            return None
        action, words = switch_of(getattr(self.model, "policy", None))
        return admin_path(f"predictions_registeredmodel_{action}", self.model.pk), words

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
        title = f"{self.metric} of what was live after the newest judged runs, and of what is live now"
        return sparkline(self.values, title, ends=RUNS, show=three_digits)

    @property
    def value(self) -> str:
        newest = self.values[-1] if self.values else None
        return "" if newest is None else three_digits(newest)
