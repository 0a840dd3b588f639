"""Lists come newest first, a page at a time, at the same speed on every page."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """A cursor instead of a page number: new rows neither shift nor slow later pages."""

    ordering = "-pk"
