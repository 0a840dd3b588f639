"""Lists come newest first, a page at a time, at the same speed on every page."""

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination

MOST_DIGITS = 18  # of an id


class NewestFirst(CursorPagination):
    """A cursor instead of a page number: new rows neither shift nor slow later pages."""

    ordering = "-pk"

    def decode_cursor(self, request: Any) -> Any:
        """Return the place in the list; one that nobody handed out is 404."""
        cursor = super().decode_cursor(request)
        place = "0" if cursor is None or cursor.position is None else str(cursor.position)
        if not place.isdecimal() or len(place) > MOST_DIGITS:
            raise NotFound(self.invalid_cursor_message)
        return cursor
