"""The paths of our pages in the project's admin, whatever its site is called and wherever it is mounted."""

from typing import Any

from django.apps import apps
from django.urls import NoReverseMatch, get_script_prefix, reverse


def has_admin() -> bool:
    """Whether the project mounts the default admin site, with which our pages are registered."""
    try:  # another site may bear its name, and has none of our pages
        return bool(reverse("admin:predictions_registeredmodel_changelist", current_app=_site_name()))
    except NoReverseMatch:
        return False


def admin_path(page: str, /, *args: Any, query: dict[str, Any] | None = None) -> str:
    """Return the path of a page, such as `auth_user_changelist`; empty where there is no admin."""
    if not has_admin():
        return ""
    return reverse(f"admin:{page}", args=args, query=query, current_app=_site_name())


def admin_path_info(page: str, /, *args: Any) -> str:
    """Return it without SCRIPT_NAME, which is a part of SITE_URL; empty where there is no admin."""
    return admin_path(page, *args).removeprefix(get_script_prefix().rstrip("/"))


def _site_name() -> str:
    if not apps.is_installed("django.contrib.admin"):
        return ""
    from django.contrib import admin  # it has tables, which are there only where it is installed

    return str(admin.site.name)
