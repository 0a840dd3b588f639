"""Lists come newest first, a page at a time, at the same speed however long they grow."""

import re
from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.utils.functional import cached_property
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """A cursor instead of a page number: new rows neither shift nor slow later pages."""

    ordering = "-pk"
    place: ClassVar[re.Pattern[str]] = re.compile(r"\d{1,18}")  # what a cursor may hold: an id

    def decode_cursor(self, request: Any) -> Any:
        """Return the position in the list, None for the start. A cursor that we never made is 404."""
        cursor = super().decode_cursor(request)
        if cursor and cursor.position is not None and not self.place.fullmatch(str(cursor.position)):
            raise NotFound(self.invalid_cursor_message)
        return cursor


class NewestByUUID(NewestFirst):
    """For ids that are UUIDs of version 7, which sort by time."""

    place = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class UpToTenThousand(Paginator):
    """For lists of the admin that grow for ever: it counts up to a bound, and filters find older rows."""

    most = 10_000

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return rows.order_by().values("pk")[: self.most].count()
