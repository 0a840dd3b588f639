"""An admin site of the project's own, which is its default."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig


class Office(AdminSite):
    site_header = "The office"

    def __init__(self, name="office"):
        super().__init__(name)


class OfficeConfig(AdminConfig):
    default_site = "mlsite.tests.foreign.office_site.Office"
