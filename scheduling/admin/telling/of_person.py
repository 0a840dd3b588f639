"""Pages of rows that belong to a person."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest


class OfPerson:
    """Mixed in before a `ModelAdmin`: everybody sees their own rows, and administrators all."""

    person: ClassVar[str]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        return rows if request.user.is_superuser else rows.filter(**{self.person: request.user})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)  # a row of others is not in the queryset
