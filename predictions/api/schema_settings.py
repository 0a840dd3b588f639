"""How drf-spectacular describes our paths: the settings of our schema alone, whatever the project's are."""

from typing import Any

from django.apps import apps
from drf_spectacular.settings import spectacular_settings

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
        "predictions.api.openapi.add_server",
        "predictions.api.openapi.add_signature_of_default_model",
    ],
}


def name_enums() -> None:
    """Name our choices in every schema of the project: drf-spectacular warns of names that it makes up."""
    theirs: Any = spectacular_settings
    for config in apps.get_app_configs():
        if ours := getattr(config, "schema_enums", None):
            theirs.ENUM_NAME_OVERRIDES = ours | theirs.ENUM_NAME_OVERRIDES
