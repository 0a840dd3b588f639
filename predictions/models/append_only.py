"""Rows that are written once: the base of all evidence."""

from typing import Any

from django.db import models


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
