"""The admin site of the shop."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest


class Office(AdminSite):
    """For the staff of the shop, at /office/."""

    site_header = site_title = "Office"
    index_title = "What the shop sells, and what was ordered"

    def has_permission(self, request: HttpRequest) -> bool:
        """Everybody who works here."""
        return bool(request.user.is_active and request.user.is_staff)
