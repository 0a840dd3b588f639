"""How many requests of each model were answered after a moment, in the last 24 hours."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Count, Q, Sum

from predictions.models import Prediction, RequestCount
from predictions.models.prediction import first_id_at
from predictions.models.worker import BLOCK, block_of
from scheduling.pages.wellbeing.traffic import HOUR, HOURS, Traffic


def came_since(
    moments: Mapping[int, datetime], versions: Mapping[int, Collection[int]],
    traffic: Mapping[int, Traffic], *, now: datetime,
) -> dict[int, int]:  # fmt: skip
    """Return them by model: two queries.

    Whole hours are in the traffic. Of the moment's own hour five minutes are read at a time, and of its own
    five minutes the rows of the log, which may be more than the requests.
    """
    hours = {model: _hours_ago(moment, now) for model, moment in moments.items()}
    lately = {model: moments[model] for model, ago in hours.items() if ago < HOURS}
    found = {model: sum(traffic[model].answered[max(0, HOURS - ago) :]) for model, ago in hours.items()}
    own = _in_own_five_minutes(lately)
    for (model, is_own), requests in _in_own_hour(lately, versions).items():
        found[model] += min(requests, own[model]) if is_own else requests
    return found


def _hours_ago(moment: datetime, now: datetime) -> int:
    return max(0, round((_hour_of(now) - _hour_of(moment)) / HOUR))


def _hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _in_own_hour(
    moments: Mapping[int, datetime], versions: Mapping[int, Collection[int]]
) -> Counter[tuple[int, bool]]:
    """By model, and by whether they are of the moment's own five minutes."""
    found: Counter[tuple[int, bool]] = Counter()
    starts = {model: block_of(moment.timestamp()) for model, moment in moments.items()}
    parts = [
        Q(model_version__in=versions[model], block__gte=start, block__lt=_hour_of(start) + HOUR)
        for model, start in starts.items()
    ]
    if not parts:
        return found
    model_of = {version: model for model in moments for version in versions[model]}
    rows = RequestCount.objects.filter(reduce(or_, parts)).order_by().values("model_version", "block")
    for version, block, requests in rows.annotate(n=Sum("answered")).values_list(
        "model_version", "block", "n"
    ):
        model = model_of[version]
        found[model, block == starts[model]] += requests
    return found


def _in_own_five_minutes(moments: Mapping[int, datetime]) -> Counter[int]:
    """The rows of the log by model."""
    found: Counter[int] = Counter()
    ends = {model: block_of(moment.timestamp()) + BLOCK for model, moment in moments.items()}
    parts = [
        Q(registered_model=model, pk__gte=first_id_at(moment), pk__lt=first_id_at(ends[model]))
        for model, moment in moments.items()
    ]
    if parts:
        rows = Prediction.objects.filter(reduce(or_, parts)).order_by().values("registered_model")
        found.update(dict(rows.annotate(n=Count("pk")).values_list("registered_model", "n")))
    return found
