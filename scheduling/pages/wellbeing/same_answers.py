"""Whether a live version gives one and the same answer to whatever is asked: by the newest rows of the log.

Both questions are looks into the index of a version's predictions, however long the log is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery, TextField
from django.db.models.functions import MD5, Cast

from predictions.models import Prediction
from predictions.models.prediction import first_id_at

ROWS = 50  # the newest ones that are looked at
LEAST = 20  # of fewer rows nothing is said
DIFFERENT = 10  # so many different rows were asked: one row asked again and again has one answer
DAY = timedelta(days=1)
SURE = 0.85  # a model that is so sure of its label on average may be right to give no other


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The newest answers of one version: how many, and the one that all of them got, if it is one."""

    rows: int
    same: str  # empty where they differ, or where nothing can be said
    newest: datetime | None = None


def oldest_looked_at() -> Subquery:
    """The id of the `ROWS`-th newest prediction of a promotion's version, to annotate promotions with."""
    rows = Prediction.objects.filter(model_version=OuterRef("version")).order_by("-pk")
    return Subquery(rows.values("pk")[ROWS - 1 : ROWS])


def answers_of(oldest: Mapping[int, UUID | None], *, now: datetime) -> dict[int, Answers]:
    """Return the newest answers of the last day of each version, from the id where they begin: one query."""
    since = first_id_at(now - DAY)
    parts = [Q(model_version=version, pk__gte=max(pk or since, since)) for version, pk in oldest.items()]
    if not parts:
        return {}
    rows = Prediction.objects.filter(reduce(or_, parts)).order_by()
    rows = rows.annotate(asked=MD5(Cast("inputs", TextField())))
    found: dict[int, list[tuple[Any, Any, str]]] = {version: [] for version in oldest}
    newest: dict[int, UUID] = {}
    for version, pk, *row in rows.values_list("model_version_id", "pk", "output", "probabilities", "asked"):
        found[version].append((row[0], row[1], row[2]))
        newest[version] = max(pk, newest.get(version, pk))
    at = {version: Prediction(pk=pk).at for version, pk in newest.items()}
    return {
        version: Answers(rows=len(rows), same=_same(rows), newest=at.get(version))
        for version, rows in found.items()
    }


def _same(rows: list[tuple[Any, Any, str]]) -> str:
    outputs = {json.dumps(output) for output, _, _ in rows}
    if len(rows) < LEAST or len(outputs) != 1 or len({asked for _, _, asked in rows}) < DIFFERENT:
        return ""
    shares = [probabilities for _, probabilities, _ in rows if probabilities]
    varies = len({json.dumps(one) for one in shares}) > 1
    if varies and sum(map(max, shares)) / len(shares) > SURE:
        return ""  # a rare label, perhaps
    return str(rows[0][0])
