"""Lists come newest first, a page at a time, at the same speed on every page."""

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """A cursor instead of a page number: new rows neither shift nor slow later pages."""

    ordering = "-pk"

    def decode_cursor(self, request: Any) -> Any:
        """Return the place in the list; one that nobody handed out is 404."""
        cursor = super().decode_cursor(request)
        if cursor and cursor.position is not None and not str(cursor.position).isdecimal():
            raise NotFound(self.invalid_cursor_message)
        return cursor
