"""What a key is called where somebody has to change it."""

from django.conf import settings


def setting_name(key: str) -> str:
    """Return `MODEL_DELIVERY["MAX_ROWS"]`, as a settings file has it.

    A project that takes the keys from variables of the environment with the same names says so by the
    setting MODEL_DELIVERY_IN_ENVIRONMENT, and people are told those.
    """
    return key if getattr(settings, "MODEL_DELIVERY_IN_ENVIRONMENT", False) else f'MODEL_DELIVERY["{key}"]'
