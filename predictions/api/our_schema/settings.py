"""How drf-spectacular describes our paths: the settings of our schema alone, whatever the project's are."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.apps import apps
from drf_spectacular.settings import (
    IMPORT_STRINGS,
    SPECTACULAR_DEFAULTS,
    SpectacularSettings,
    spectacular_settings,
)

from predictions import __version__

SCHEMA_SETTINGS: dict[str, Any] = {
    "TITLE": "Continuous delivery of models in plain Django",
    "DESCRIPTION": "Predictions, the versions that make them, and the record of how each version went live.",
    "VERSION": __version__,
    "OAS_VERSION": "3.1.1",  # 3.0 has no exclusive bounds as numbers
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"tryItOutEnabled": True, "validatorUrl": None},
    "SCHEMA_PATH_PREFIX": "/",
    "TAGS": [{"name": name} for name in ("predictions", "open inference", "registry", "runs", "health")],
    "PREPROCESSING_HOOKS": [],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "predictions.api.our_schema.hooks.add_server",
        "predictions.api.our_schema.hooks.add_how_to_ask",
        "predictions.api.our_schema.hooks.add_signature_of_default_model",
    ],
}


def name_enums() -> None:
    """Name our choices in every schema of the project: drf-spectacular warns of names that it makes up."""
    theirs: Any = spectacular_settings
    for config in apps.get_app_configs():
        if ours := getattr(config, "schema_enums", None):
            theirs.ENUM_NAME_OVERRIDES = ours | theirs.ENUM_NAME_OVERRIDES


_in_use: ContextVar[Any] = ContextVar("schema_settings", default=None)


class OfWhoAsks(SpectacularSettings):
    """The project's settings; ours in the thread, or task, that describes our paths just now."""

    # drf-spectacular reads one object everywhere. Its own way to other values changes that for all threads.

    def __getattribute__(self, name: str) -> Any:
        ours = _in_use.get()
        return super().__getattribute__(name) if ours is None else getattr(ours, name)


def keep_apart() -> None:
    """Let each thread find its settings in drf-spectacular's one object."""
    spectacular_settings.__class__ = OfWhoAsks


@cache
def _ours() -> Any:
    given: Any = SCHEMA_SETTINGS | {"ENUM_NAME_OVERRIDES": spectacular_settings.ENUM_NAME_OVERRIDES}
    defaults: Any = SPECTACULAR_DEFAULTS
    return SpectacularSettings(given, defaults, IMPORT_STRINGS)


@contextmanager
def schema_settings() -> Iterator[None]:
    """Describe our paths by our settings, and nothing else."""
    before = _in_use.set(_ours())
    try:
        yield
    finally:
        _in_use.reset(before)
