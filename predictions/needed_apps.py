"""What has to be in INSTALLED_APPS before Django can even import our models."""

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured


def refuse_to_load_without(*names: str, who: str) -> None:
    """Raise `ImproperlyConfigured` where one of these apps is missing."""
    if missing := [name for name in names if not apps.is_installed(name)]:
        raise ImproperlyConfigured(f"INSTALLED_APPS has {who}, but lacks {', '.join(missing)}. Add it.")
