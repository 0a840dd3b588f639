"""What is looked at of a live version, a fact each: workers, requests, answers, labels, drift, the watch."""

from collections.abc import Collection
from datetime import timedelta

from django.utils import timezone

from predictions.models import Promotion
from predictions.models.people.access import May
from predictions.paths import admin_path
from predictions.serving.worker_report import ServedBy
from predictions.zone import to_minute
from scheduling.models import GatePolicy, Watch
from scheduling.models.watch import RECENT
from scheduling.pages.measured.better_versions import Compared
from scheduling.pages.wellbeing.asked import facts_of_requests
from scheduling.pages.wellbeing.drift import DriftLook, drift_fact
from scheduling.pages.wellbeing.same_answers import LEAST, Answers
from scheduling.pages.wellbeing.told_labels import Told, right_fact
from scheduling.pages.wellbeing.traffic import Traffic
from scheduling.pages.wellbeing.word import Fact, Wellbeing, Word

WATCH, ANSWERS, BETTER = "Watch after promotion", "Answers", "A better version"
SWITCHING = timedelta(seconds=10)  # workers take a second to load what went live


def wellbeing(
    *, live: Promotion, policy: GatePolicy | None, served: ServedBy, traffic: Traffic, answers: Answers,
    told: Told | None, compared: Compared | None, drift: DriftLook | None, awaited: Collection[int] = (),
    is_switching: bool = False,
) -> Wellbeing:  # fmt: skip
    """Look at all that is known of a live version; `awaited` are the runs that an answer is asked for."""
    facts = [
        _workers(served, is_switching),
        *facts_of_requests(traffic, live, answers.newest),
        _answers(answers),
        *([right_fact(told, live)] if told else []),
        _better(compared, awaited),
        drift_fact(drift),
        _watch(live, policy),
    ]
    return Wellbeing(facts=facts)


def _workers(served: ServedBy, is_switching: bool) -> Fact:
    found = f"{served.workers} of {served.of}"
    problems = " ".join(f"{problem.rstrip('.')}." for problem in served.problems)
    if not served.of:
        why = "No web worker has reported. Start the web tier."
        return Fact(name="Web workers", found="none", word=Word.NOT_WELL, why=why)
    if is_switching and served.workers < served.of and not problems:
        return Fact(name="Web workers", found=f"{found}, loading it", word=Word.LOADING)
    if not served.workers:
        why = f"No web worker serves {served.version}. {problems or 'See the list of workers.'}"
        return Fact(name="Web workers", found=found, word=Word.NOT_WELL, why=why.strip())
    if served.workers < served.of or problems:
        why = f"{served.of - served.workers} of {served.of} web workers do not serve {served.version} yet."
        return Fact(name="Web workers", found=found, word=Word.LOOK, why=f"{why} {problems}".strip())
    return Fact(name="Web workers", found=found)


def _watch(live: Promotion, policy: GatePolicy | None) -> Fact:
    watch: Watch | None = getattr(live, "watch", None)
    if watch is None:
        return _unwatched(live, policy)
    page, now = admin_path("scheduling_watch_change", watch.pk), timezone.now()
    is_recent = watch.closed_at is None or watch.closed_at > now - RECENT
    if is_recent and (warning := watch.warning_at(now)):
        return Fact(name=WATCH, found="nobody looked", word=Word.LOOK, why=warning, href=page)
    if watch.status == Watch.Status.HELD:
        return Fact(name=WATCH, found="got worse", word=Word.NOT_WELL, why=watch.reason, href=page)
    if watch.status == Watch.Status.UNSEEN:
        return Fact(name=WATCH, found="Not watched: nobody looked", word=Word.UNKNOWN, href=page)
    found = watch.get_status_display().partition(":")[0]
    if watch.status == Watch.Status.OPEN:
        has_counted = watch.counted_until > watch.opened_at
        so_far = "nothing got worse so far" if has_counted else "no requests could be compared yet"
        word = Word.WELL if has_counted else Word.UNKNOWN
        return Fact(name=WATCH, found=f"{so_far}, until {to_minute(watch.until)}", word=word, href=page)
    return Fact(name=WATCH, found=found, href=page)


def _unwatched(live: Promotion, policy: GatePolicy | None) -> Fact:
    """Why nothing watches it; where that can be switched on, with the way there."""
    page = ""
    if live.replaced_version_id is None:
        found = "Not watched: the first version has none to roll back to"
    elif live.kind == Promotion.Kind.ROLL_BACK:
        found = "Not watched: it came by a rollback"
    else:
        found = "Not watched: would not be rolled back by itself"
        page = watch_page(live, policy)
    return Fact(name=WATCH, found=found, word=Word.UNKNOWN, href=page)


def watch_page(live: Promotion, policy: GatePolicy | None) -> str:
    """Where the time of the watch is set."""
    if policy is not None:
        return f"{admin_path('scheduling_gatepolicy_change', policy.pk)}#id_bake_minutes"
    new = admin_path("scheduling_gatepolicy_add")
    return f"{new}?registered_model={live.registered_model_id}#id_bake_minutes"


def _answers(answers: Answers) -> Fact:
    if not answers.same:
        word = Word.WELL if answers.rows >= LEAST else Word.UNKNOWN
        found = "not all the same" if answers.rows >= LEAST else "too few in a day to tell"
        return Fact(name=ANSWERS, found=found, word=word)
    why = (
        f"The newest {answers.rows} rows all got the same answer, “{answers.same}”. Ask it rows that should "
        "get another: if it gets them right, the requests are unusual; if not, roll back."
    )
    return Fact(name=ANSWERS, found=f"all “{answers.same}”", word=Word.LOOK, why=why)


def _better(compared: Compared | None, awaited: Collection[int]) -> Fact:
    """Of a version that an answer is asked for, its approval says what to do, and not this too."""
    if compared is None:
        return Fact(name=BETTER, found="not compared yet", word=Word.UNKNOWN)
    page, action = admin_path("scheduling_run_change", compared.run), "Read the comparison"
    found, word, why = "none that was compared with it", Word.WELL, ""
    if compared.is_other_better:
        found, word = f"{compared.other} is", Word.LOOK
        why = "" if compared.run in awaited else compared.sentence
    elif compared.was_taken_back:
        found, word = (
            f"{compared.other} was ({compared.figures}), and was rolled back or replaced",
            Word.UNKNOWN,
        )
    return Fact(name=BETTER, found=found, word=word, why=why, href=page, action=action,
                may=May.PROMOTE)  # fmt: skip
