"""What the tables share: rows that are written once, constraints by name, the history of each change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import BaseConstraint, CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import Now
from django.dispatch import receiver
from django.utils import timezone
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

from predictions.zone import to_second

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


class DatabaseTime(models.DateTimeField):
    """When a row was inserted, by the database's clock; known after `save()`."""

    db_returning = True  # else Django asks `default` for it, which may be a database without RETURNING

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"db_default": Now()} | kwargs)

    def get_col(self, alias: Any, output_field: Any = None) -> Any:
        """Be a `DateTimeField` in expressions with others, which refuse to mix types."""
        return super().get_col(alias, output_field or models.DateTimeField())

    def deconstruct(self) -> Any:
        """Be a `DateTimeField` to migrations."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs


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


LONGEST_NAME = 254  # of a person, as they sign in: an e-mail address may be so long
NOBODY = "a command, a fixture or code (not a person)"
ABSENT = "–"


class ChangeRecord(AppendOnly):
    """One state of a row after a change. `history_by` outlives the account of the person who made it."""

    history_by = models.CharField(max_length=LONGEST_NAME, editable=False)

    class Meta:
        abstract = True


class Recorded(HistoricalRecords):
    """Keeps every save and deletion of a model's rows, but not `QuerySet.update`: use `save()`."""

    def __init__(self) -> None:
        reason = models.TextField(null=True)  # the library writes None
        super().__init__(bases=[ChangeRecord], history_change_reason_field=reason)

    def create_history_model(self, model: Any, inherited: Any) -> Any:
        """Make it say where it can be imported from, as Django's shell wants to know."""
        record = super().create_history_model(model, inherited)
        if not inherited:
            record.__module__ = self.module
        return record

    def post_save(self, instance: Any, created: bool, using: str | None = None, **kwargs: Any) -> None:
        """Record rows of a fixture too: else their first change would have no old values."""
        super().post_save(instance, created, using=using, **kwargs | {"raw": False})


@receiver(pre_create_historical_record)
def _say_who(instance: Any, history_instance: Any, history_user: Any, **kwargs: Any) -> None:
    person = history_user.get_username() if history_user else NOBODY
    history_instance.history_by = getattr(instance, "_history_by", person)


@dataclass(frozen=True, kw_only=True)
class Change:
    """One value that a change replaced, in words."""

    name: str
    old: str
    new: str


def changes_of(record: Any) -> list[Change]:
    """Return what this change replaced; nothing for a deletion.

    The first record has no old values: of it this is what differs from the defaults.
    """
    if record.history_type == "-":
        return []
    before = record.prev_record
    then, now = dict(_values(before)) if before else {}, dict(_values(record, usual=before is not None))
    values = ((name, then.get(name, ABSENT), now.get(name, ABSENT)) for name in now | then)
    return [Change(name=name, old=old, new=new) for name, old, new in values if old != new]


def _values(record: Any, *, usual: bool = True) -> Iterator[tuple[str, str]]:
    """Name and value of each column in words; an object's values one by one. `usual`: the defaults too."""
    for field in record.tracked_fields:
        value = getattr(record, field.attname)
        if field.primary_key or value in (None, "", {}, []):
            continue
        if not usual and field.has_default() and value == field.get_default():
            continue
        if isinstance(value, dict):
            yield from ((f"{field.verbose_name}: {name}", str(inner)) for name, inner in value.items())
        elif isinstance(value, list):
            yield field.verbose_name, ", ".join(map(str, value))
        elif field.is_relation:
            yield field.verbose_name, str(getattr(record, field.name))
        elif isinstance(value, datetime):
            yield field.verbose_name, to_second(value)
        else:
            yield field.verbose_name, str(dict(field.flatchoices).get(value, value))
