"""Times in the database are as right as the clock that wrote them: later than now is not believed."""

from datetime import datetime, timedelta

from django.utils import timezone

A_LITTLE = timedelta(minutes=1)  # the clocks of two hosts may differ by this much
A_DAY = timedelta(days=1)  # where a wrong date does little harm, and refusing it would do much


def is_ahead(moment: datetime) -> bool:
    """Whether a wrong clock must have written this: it is more than a day in the future."""
    return moment > timezone.now() + A_DAY
