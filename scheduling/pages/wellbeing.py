"""Whether what is live is well, in one word with the facts behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from django.utils import timezone

from predictions.paths import admin_path
from predictions.serving.worker_report import ServedBy
from predictions.zone import to_minute
from scheduling.evidence.outcomes import Level
from scheduling.models import CheckResult, Watch
from scheduling.models.watch import RECENT
from scheduling.pages.traffic import Traffic

OF = {"feature_drift": "features", "prediction_drift": "predictions", "label_drift": "true labels"}
TIMES = "Response time of the model"
SWITCHING = timedelta(seconds=10)  # workers take a second to load what went live
MANY_FAILED = 0.01  # of the requests of the last hour


class Word(Enum):
    """The word, and the shape that says the same without colour."""

    WELL = "Well", "✓"
    LOOK = "Take a look", "▲"
    NOT_WELL = "Not well", "✗"
    UNKNOWN = "Not known", "·"  # of a fact only
    NOTHING_LIVE = "Nothing is live", "○"

    @property
    def text(self) -> str:
        return self.value[0]

    @property
    def shape(self) -> str:
        return self.value[1]

    @property
    def slug(self) -> str:
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that was looked at: what it is, what was found, and how that is."""

    name: str
    found: str
    word: Word = Word.WELL
    href: str = ""  # where it is read
    why: str = ""  # one sentence with what to do, where it is not well


@dataclass(frozen=True, kw_only=True)
class Wellbeing:
    """The word is the worst of the facts'."""

    facts: list[Fact]

    @property
    def word(self) -> Word:
        words = [fact.word for fact in self.facts]
        return next((word for word in (Word.NOT_WELL, Word.LOOK) if word in words), Word.WELL)

    @property
    def why(self) -> str:
        return " ".join(fact.why for fact in self.facts if fact.why)


def wellbeing(
    *, served: ServedBy, traffic: Traffic, drift: Sequence[CheckResult], watch: Watch | None,
    is_switching: bool = False,
) -> Wellbeing:  # fmt: skip
    """Look at the workers, the response times, the failures, the drift and the watch of a live version."""
    facts = [
        _workers(served, is_switching),
        _times(traffic),
        _failures(traffic),
        _drift(drift),
        _watch(watch),
    ]
    return Wellbeing(facts=facts)


def _workers(served: ServedBy, is_switching: bool) -> Fact:
    found = f"{served.workers} of {served.of}"
    problems = " ".join(f"{problem}." for problem in served.problems)
    if not served.of:
        why = "No web worker has reported. Start the web tier."
        return Fact(name="Web workers", found="none", word=Word.NOT_WELL, why=why)
    if is_switching and served.workers < served.of and not problems:
        return Fact(name="Web workers", found=f"{found}, loading it", word=Word.UNKNOWN)
    if not served.workers:
        why = f"No web worker serves {served.version}. {problems or 'See the list of workers.'}"
        return Fact(name="Web workers", found=found, word=Word.NOT_WELL, why=why.strip())
    if served.workers < served.of or problems:
        why = f"{served.of - served.workers} of {served.of} web workers do not serve {served.version} yet."
        return Fact(name="Web workers", found=found, word=Word.LOOK, why=f"{why} {problems}".strip())
    return Fact(name="Web workers", found=found)


def _times(traffic: Traffic) -> Fact:
    """There is no limit for it here: the watch compares with the version before."""
    p95 = traffic.p95_ms
    if p95 is None:
        return Fact(name=TIMES, found="no request in the last hour", word=Word.UNKNOWN)
    return Fact(name=TIMES, found=f"{p95:.2g} ms for 95 of 100 requests")


def _failures(traffic: Traffic) -> Fact:
    requests, failed = traffic.recent
    if not failed:
        return Fact(name="Failed requests", found=f"none of {traffic.requests:,} in 24 hours",
                    word=Word.WELL if traffic.requests else Word.UNKNOWN)  # fmt: skip
    share = failed / requests
    why = f"In the last hour {failed:,} of {requests:,} requests failed ({share:.1%}). See the last error."
    word = Word.NOT_WELL if share > MANY_FAILED else Word.LOOK
    return Fact(name="Failed requests", found=f"{failed:,} of {requests:,}", word=word, why=why)


def _drift(results: Sequence[CheckResult]) -> Fact:
    if not results:
        return Fact(name="Drift of the data", found="not looked at yet", word=Word.UNKNOWN)
    failed = [one for one in results if one.level == Level.FAIL]
    if failed:
        why = f"The last run found other data than before: {failed[0].message.split(' In detail')[0]}"
        return Fact(name="Drift of the data", found="yes", word=Word.LOOK, why=why)
    warned = [one for one in results if one.level == Level.WARN]
    if warned:
        page = admin_path("scheduling_run_change", warned[0].run_id)
        found = f"not certain: {' and '.join(OF[one.check_id] for one in warned)}"
        return Fact(name="Drift of the data", found=found, word=Word.UNKNOWN, href=page)
    return Fact(name="Drift of the data", found="none")


def _watch(watch: Watch | None) -> Fact:
    name = "Watch after going live"
    if watch is None:
        return Fact(name=name, found="not watched", word=Word.UNKNOWN)
    page, now = admin_path("scheduling_watch_change", watch.pk), timezone.now()
    is_recent = watch.closed_at is None or watch.closed_at > now - RECENT
    if is_recent and (warning := watch.warning_at(now)):
        return Fact(name=name, found="nobody looked", word=Word.LOOK, why=warning, href=page)
    if watch.status == Watch.Status.HELD:
        return Fact(name=name, found="got worse", word=Word.NOT_WELL, why=watch.reason, href=page)
    found = watch.get_status_display().partition(":")[0]
    if watch.status == Watch.Status.OPEN:
        found = f"well so far, until {to_minute(watch.until)}"
    return Fact(name=name, found=found, href=page)
