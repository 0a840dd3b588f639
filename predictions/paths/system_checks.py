"""Whether the project mounts our URLs, and the admin site that has our pages."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

from predictions.paths.admin import has_admin
from predictions.paths.ours import REMEDY, NotMounted, mounted_at


@register(Tags.urls)
def check_urls(**_: Any) -> list[CheckMessage]:
    """Warn of URLs that are not there. No error: the first `migrate` may come before them."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    found: list[CheckMessage] = []
    try:
        mounted_at()
    except NotMounted as error:
        message = f"{str(error).removesuffix(REMEDY).strip()} Nothing is served, and no run can be rehearsed."
        found.append(Warning(message, hint=REMEDY, id="predictions.W040"))
    if apps.is_installed("django.contrib.admin") and not has_admin():
        message = "The URLs of this project do not include the default admin site, which has our pages."
        hint = (
            'Add path("admin/", admin.site.urls). A site class of your own becomes the default by the '
            "default_site of an AdminConfig, which INSTALLED_APPS names instead of django.contrib.admin."
        )
        found.append(Warning(message, hint=hint, id="predictions.W041"))
    return found
