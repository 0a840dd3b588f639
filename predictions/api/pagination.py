"""Lists come newest first, a page at a time, at the same speed however long they grow."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.utils.functional import cached_property
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination

MOST_DIGITS = 18  # of an id


class NewestFirst(CursorPagination):
    """A cursor instead of a page number: new rows neither shift nor slow later pages."""

    ordering = "-pk"

    def is_place(self, place: str) -> bool:
        """Whether a cursor may hold this: an id."""
        return place.isdecimal() and len(place) <= MOST_DIGITS

    def decode_cursor(self, request: Any) -> Any:
        """Return the place in the list; one that nobody handed out is 404."""
        cursor = super().decode_cursor(request)
        known = cursor is None or cursor.position is None or self.is_place(str(cursor.position))
        if not known:
            raise NotFound(self.invalid_cursor_message)
        return cursor


class NewestByUUID(NewestFirst):
    """The same for ids that are UUIDs of version 7, which sort by time."""

    def is_place(self, place: str) -> bool:
        """Whether a cursor may hold this."""
        try:
            UUID(place)
        except ValueError:
            return False
        return True


class UpToTenThousand(Paginator):
    """For lists of the admin that grow for ever: rows are counted, and pages turned, up to a bound.

    What lies beyond is found by the filters.
    """

    most = 10_000

    @cached_property
    def count(self) -> int:
        """The number of rows; `most` where there are more."""
        rows: Any = self.object_list
        return rows.order_by().values("pk")[: self.most].count()
