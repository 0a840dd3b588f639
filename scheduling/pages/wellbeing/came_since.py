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

FEW = 0.05  # of the requests after the moment's own five minutes: those do not change what is told


def came_since(
    moments: Mapping[int, datetime], versions: Mapping[int, Collection[int]],
    traffic: Mapping[int, Traffic], *, now: datetime,
) -> dict[int, int]:  # fmt: skip
    """Return them by model: two queries.

    Whole hours are in the traffic. Of the moment's own hour five minutes are read at a time, and of its own
    five minutes, unless they are few, the rows of the log, which may be more than the requests.
    """
    hours = {model: _hours_ago(moment, now) for model, moment in moments.items()}
    found = Counter(
        {model: sum(traffic[model].answered[max(0, HOURS - ago) :]) for model, ago in hours.items()}
    )
    starts = {m: block_of(moments[m].timestamp()) for m, ago in hours.items() if ago < HOURS}
    own = _in_own_hour(found, starts, versions)
    unsure = {model: moments[model] for model in own if own[model] > FEW * found[model]}
    logged = _in_own_five_minutes(unsure, starts)
    return {m: n + (min(own[m], logged[m]) if m in unsure else own[m]) for m, n in found.items()}


def _hours_ago(moment: datetime, now: datetime) -> int:
    return max(0, round((_hour_of(now) - _hour_of(moment)) / HOUR))


def _hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _in_own_hour(
    found: Counter[int], starts: Mapping[int, datetime], versions: Mapping[int, Collection[int]]
) -> Counter[int]:
    """Add what came in the rest of the hour to what is found; return what came in the own five minutes."""
    own: Counter[int] = Counter()
    model_of = {version: model for model in starts for version in versions[model]}
    blocks = {start + BLOCK * more for start in starts.values() for more in range(HOUR // BLOCK)}
    rows = RequestCount.objects.filter(model_version__in=model_of, block__in=blocks).order_by()
    summed = rows.values("model_version", "block").annotate(n=Sum("answered"))
    for version, block, requests in summed.values_list("model_version", "block", "n"):
        model = model_of[version]
        start = starts[model]
        if block == start:
            own[model] += requests
        elif start < block < _hour_of(start) + HOUR:
            found[model] += requests
    return own


def _in_own_five_minutes(moments: Mapping[int, datetime], starts: Mapping[int, datetime]) -> Counter[int]:
    """The rows of the log by model."""
    found: Counter[int] = Counter()
    parts = [
        Q(registered_model=m, pk__gte=first_id_at(moment), pk__lt=first_id_at(starts[m] + BLOCK))
        for m, moment in moments.items()
    ]
    if parts:
        rows = Prediction.objects.filter(reduce(or_, parts)).order_by().values("registered_model")
        found.update(dict(rows.annotate(n=Count("pk")).values_list("registered_model", "n")))
    return found
