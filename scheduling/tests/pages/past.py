"""A past to look at, made by hand: months of runs, promotions, evaluation sets and requests of one model."""

from datetime import timedelta
from math import sin
from uuid import uuid4

from django.utils import timezone

from predictions.models import Dataset, Promotion, RequestCount
from scheduling.models import CheckResult, Run

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def make_past(model, first, second, *, months=8):
    """Judge `second` each month against what is live; it is promoted in the middle and rolled back later."""
    now = timezone.now()
    Promotion.objects.filter(version=first).update(at=now - 30 * DAY * (months + 1))
    for month in range(months):
        at = now - 30 * DAY * (months - month)
        evaluation = Dataset.objects.create(
            registered_model=model, role="evaluation", file="none", sha256=f"m{month}", rows=400 + month
        )
        Dataset.objects.filter(pk=evaluation.pk).update(created_at=at)
        live, other = (first, second) if month <= months // 2 else (second, first)
        promotes = month == months // 2
        flip = _flip(model, first, second, at) if promotes else None
        run = Run.objects.create(
            task="retrain", registered_model=model, trigger="schedule", status="finished", started_at=at,
            finished_at=at + HOUR / 12, candidate=other, champion=live, evaluation_dataset=evaluation,
            decision="promoted" if promotes else "kept", promotion=flip,
            reason="Promoted: better. f1_macro rose from 0.83 to 0.91 on 404 rows." if promotes
            else "The champion stays: too close to call. f1_macro is 0.86 against 0.85 on 400 rows.",
        )  # fmt: skip
        measure(run, live=0.9 - 0.012 * month, candidate=0.88 + 0.01 * sin(month))
    _requests(second, now)


def _flip(model, first, second, at):
    newest = Promotion.objects.filter(registered_model=model).order_by("-sequence").first()
    flip = Promotion.objects.create(
        registered_model=model, sequence=newest.sequence + 1, version=second, replaced_version=first,
        kind="promote", by="run 1", reason="Promoted: better. f1_macro rose on 404 rows.",
    )  # fmt: skip
    Promotion.objects.filter(pk=flip.pk).update(at=at)
    return flip


def measure(run, *, live, candidate, width=0.04):
    """The outcome of the comparison, and of the drift of the features."""
    both = {"champion": live, "candidate": candidate}
    CheckResult.objects.create(
        run=run, check_id="evaluation_metrics", level="pass", seconds=0.1, message="It is so.",
        measured={who: {"f1_macro": value, "accuracy": value} for who, value in both.items()}
        | {"gain": {"low": candidate - live - width, "high": candidate - live + width},
           "own_interval": {who: [value - width, value + width] for who, value in both.items()}},
        limit={"primary_metric": "f1_macro", "alpha": 0.05}, details={"rows": 400},
    )  # fmt: skip
    columns = [{"name": name, "state": state, "distance": distance, "importance": share}
               for name, state, distance, share in (
                   ("petalwidth", "drift", 0.31, 0.5), ("sepallength", "no drift", 0.04, 0.2))]  # fmt: skip
    CheckResult.objects.create(
        run=run, check_id="feature_drift", level="warn", blocking=False, seconds=0.1,
        limit={"least_logged_rows": 500},
        message="The data have changed: petalwidth (50% of all importance has drifted).",
        measured={"drifted_importance": 0.5},
        details={"columns": columns, "recent": {"name": "evaluation set", "rows": 300},
                 "reference": {"name": "training set", "rows": 105}},
    )  # fmt: skip


def _requests(version, now):
    for hour in range(24):
        block = now - HOUR * hour
        RequestCount.objects.create(
            id=uuid4(), model_version=version, block=block, counted_until=block, refused=1,
            answered=100 + int(40 * sin(hour)), failed=0, latencies={"1": {str(60 + hour % 5): 100}},
        )  # fmt: skip
