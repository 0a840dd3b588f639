"""How drf-spectacular describes our paths: the settings of our schema alone, whatever the project's are."""

from typing import Any

from django.apps import apps

from predictions import __version__

ENUMS = {"KindEnum": "predictions.models.promotion.Promotion.Kind"}

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
    "PREPROCESSING_HOOKS": ["predictions.api.openapi.drop_twin_paths"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "predictions.api.openapi.add_server",
        "predictions.api.openapi.add_signature_of_default_model",
    ],
    # An app that builds on this one names its own.
    "ENUM_NAME_OVERRIDES": ENUMS
    | {k: v for each in apps.get_app_configs() for k, v in getattr(each, "schema_enums", {}).items()},
}
