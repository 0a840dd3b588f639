"""What the requests of a live version say: how quickly it answers, how many failed, how many were refused."""

from datetime import datetime

from django.utils import timezone

from predictions.contract.numbers import counted
from predictions.models import Promotion
from predictions.paths import admin_path
from scheduling.pages.wellbeing.traffic import HOUR, Traffic
from scheduling.pages.wellbeing.word import Fact, Word

TIMES, FAILED, REFUSED = "Response time of the model", "Failed requests", "Refused requests"
MANY_FAILED = 0.01  # of the requests of the last hour
MANY_REFUSED, LEAST_REFUSED = 0.1, 20


def facts_of_requests(traffic: Traffic, live: Promotion, newest: datetime | None) -> list[Fact]:
    """Look at the requests; `newest` is when the live version gave the newest answer that is in the log."""
    return [_times(traffic, live, newest), _failed(traffic), _refused(traffic, live)]


def _times(traffic: Traffic, live: Promotion, newest: datetime | None) -> Fact:
    """There is no limit for it here: the watch compares with the version before."""
    if live.at > timezone.now() - HOUR and not _was_asked_since(live.at, traffic, newest):
        return _not_asked_yet(traffic, live)
    if traffic.p95_ms is None:
        return Fact(name=TIMES, found="no request was answered in the last hour", word=Word.NOT_ASKED)
    return Fact(name=TIMES, found=f"{traffic.p95_ms:.2g} ms for 95 of 100 requests")


def _was_asked_since(moment: datetime, traffic: Traffic, newest: datetime | None) -> bool:
    """By the log; by counts too, which know of requests that are not logged, five minutes at a time."""
    known = (newest, traffic.of_live.last_hour.newest)
    return any(one is not None and one >= moment for one in known)


def _not_asked_yet(traffic: Traffic, live: Promotion) -> Fact:
    is_again = live.kind == Promotion.Kind.ROLL_BACK or traffic.of_live.requests > 0
    word = Word.NOT_ASKED_AGAIN if is_again else Word.NOT_ASKED_YET
    found = f"no request since it went live{' again' if is_again else ''}"
    if traffic.requests:
        found += f"; before that {counted(traffic.requests, 'request')} in 24 hours"
    return Fact(name=TIMES, found=found, word=word)


def _failed(traffic: Traffic) -> Fact:
    hour = traffic.of_live.last_hour
    if not hour.failed:
        return Fact(name=FAILED, found=f"none of {traffic.of_live.requests:,} in 24 hours",
                    word=Word.WELL if traffic.of_live.requests else Word.UNKNOWN)  # fmt: skip
    asked = hour.answered + hour.failed
    share = hour.failed / asked
    why = f"In the last hour {hour.failed:,} of {counted(asked, 'request')} failed ({share:.1%}). "
    why += "See the last error."
    word = Word.NOT_WELL if share > MANY_FAILED else Word.LOOK
    return Fact(name=FAILED, found=f"{hour.failed:,} of {asked:,}", word=word, why=why)


def _refused(traffic: Traffic, live: Promotion) -> Fact:
    """Of all versions: what a caller sends does not depend on which one is live."""
    hour = traffic.last_hour
    if not hour.refused:
        return Fact(name=REFUSED, found="none", word=Word.WELL if hour.requests else Word.UNKNOWN)
    found = f"{hour.refused:,} of {hour.requests:,} in the last hour"
    query = {"model_version__signature__registered_model__id__exact": live.registered_model_id}
    page = admin_path("predictions_requestcount_changelist", query=query)
    if hour.refused < LEAST_REFUSED or hour.refused < MANY_REFUSED * hour.requests:
        return Fact(name=REFUSED, found=found, href=page)
    why = (
        f"In the last hour {hour.refused:,} of {counted(hour.requests, 'request')} were refused "
        f"({hour.refused / hour.requests:.0%}), because what they sent was invalid. The answer to each names "
        "the fields."
    )
    return Fact(name=REFUSED, found=found, word=Word.LOOK, why=why, href=page, action="See who sends them")
