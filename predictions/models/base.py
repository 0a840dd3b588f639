"""What the tables share: rows that are written once, constraints by name, and how far a clock is believed."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import BaseConstraint, CheckConstraint, Q, UniqueConstraint
from django.utils import timezone

# Times in the database are as right as the clock that wrote them: later than now is not believed.
A_LITTLE = timedelta(minutes=1)  # the clocks of two hosts may differ by this much
A_DAY = timedelta(days=1)  # where a wrong date does little harm, and refusing it would do much


class ImmutableRow(Exception):
    """A row of evidence cannot be changed or deleted."""


class AppendOnly(models.Model):
    """A row that can be inserted and then neither saved again nor deleted."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ImmutableRow(f"{self._meta.verbose_name} {self.pk} cannot be changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise ImmutableRow(f"{self._meta.verbose_name} {self.pk} cannot be deleted")


def is_ahead(moment: datetime) -> bool:
    """Whether a wrong clock must have written this: it is more than a day in the future."""
    return moment > timezone.now() + A_DAY


def rules(**named: Q | list[str]) -> list[BaseConstraint]:
    """Return a table's constraints by name: a condition on each row, or columns that are unique together."""
    return [
        CheckConstraint(condition=rule, name=name)
        if isinstance(rule, Q)
        else UniqueConstraint(fields=rule, name=name)
        for name, rule in named.items()
    ]
