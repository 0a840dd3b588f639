"""The admin site of the shop, in the place of Django's own."""

from django.contrib.admin.apps import AdminConfig


class OfficeConfig(AdminConfig):
    """`admin.site` is the office wherever an app registers a model."""

    default_site = "shop.office.Office"
