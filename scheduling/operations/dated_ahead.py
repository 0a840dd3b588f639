"""What prune leaves alone because it is dated in a time to come.

To remove is final, and the clock that is wrong may be ours.
"""

from __future__ import annotations

from datetime import datetime

from predictions.models import ModelVersion, Prediction, RegisteredModel
from predictions.models.clock import A_DAY
from scheduling.models import Run


def dated_ahead(model: RegisteredModel, *, now: datetime) -> int:
    """Return how many predictions, runs and versions of a model no prune can remove until then."""
    latest = now + A_DAY
    predictions = Prediction.objects.filter(registered_model=model).since(latest).count()
    runs = Run.objects.filter(registered_model=model, finished_at__gt=latest).count()
    return predictions + runs + ModelVersion.objects.of(model).filter(created_at__gt=latest).count()


def told(rows: int) -> str:
    """The sentence for prune's run; empty where there is nothing to tell."""
    if not rows:
        return ""
    return f" {rows} rows are dated in a time to come: a clock was wrong. They stay until that time is past."
