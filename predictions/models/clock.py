"""Times in the database are as right as the clock that wrote them: what is dated ahead is not believed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

A_LITTLE = timedelta(minutes=1)  # by so much the clocks of two hosts may differ
A_DAY = timedelta(days=1)  # where believing costs little, and not believing much


def is_ahead(moment: datetime, *, by: timedelta = A_LITTLE) -> bool:
    """Whether a clock that was wrong must have written this: it is yet to come."""
    return moment > timezone.now() + by
