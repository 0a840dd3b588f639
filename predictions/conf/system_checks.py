"""What `manage.py check` says of `MODEL_DELIVERY`."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.urls import get_script_prefix

from predictions.conf.config import config
from predictions.conf.naming import setting_name
from predictions.conf.problems import problems


@register
def check_settings(**_: Any) -> list[CheckMessage]:
    """Name each key that cannot be used, and how to write it."""
    return [
        Error(str(problem), hint=problem.remedy, id=problem.id)
        for problem in problems(getattr(settings, "MODEL_DELIVERY", {}))
    ]


@register(deploy=True)
def check_media_is_private(**_: Any) -> list[CheckMessage]:
    """Warn where model files and data lie in a folder that browsers may read."""
    has_url = settings.MEDIA_URL not in ("", get_script_prefix())
    served = Path(settings.MEDIA_ROOT).resolve() if settings.MEDIA_ROOT else None
    if not (has_url and served and config.MEDIA_ROOT.resolve().is_relative_to(served)):
        return []
    return [
        Warning(
            f"Model files and data are kept in {config.MEDIA_ROOT}, which {settings.MEDIA_URL} may serve.",
            hint=f"Set {setting_name('MEDIA_ROOT')} to a folder that no URL serves.",
            id="predictions.W020",
        )
    ]
